package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test class after which Netty's leak detection finds a buffer that nobody released. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {

    /** A collection that has not happened after so many requests is not going to. */
    private static final int MOST_COLLECTIONS = 100;

    private static final long LOOK_MILLIS = 20;

    private final Reports reports = new Reports();

    @Override
    public void beforeAll(ExtensionContext context) {
        Logger detector = (Logger) LoggerFactory.getLogger("io.netty.util.ResourceLeakDetector");
        detector.setLevel(Level.ERROR);
        reports.start();
        detector.addAppender(reports);
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        findLeaks();
        ((Logger) LoggerFactory.getLogger("io.netty.util.ResourceLeakDetector")).detachAppender(reports);
        assertThat(reports.leaks()).as("buffers that were not released").isEmpty();
    }

    /**
     * Leaks are found when a buffer is made after the lost one was collected and Java has told of it, which it does on a
     * thread of its own: twice, because what is collected at once is told of in any order.
     */
    static void findLeaks() throws InterruptedException {
        awaitCollection();
        awaitCollection();
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
        ByteBufAllocator.DEFAULT.heapBuffer(1).release();
    }

    private static void awaitCollection() throws InterruptedException {
        ReferenceQueue<Object> told = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), told);
        Reference<?> collected = null;
        for (int i = 0; i < MOST_COLLECTIONS && collected != canary; i++) {
            System.gc();
            collected = told.remove(LOOK_MILLIS);
        }
    }

    private static final class Reports extends AppenderBase<ILoggingEvent> {
        private final List<String> leaks = new ArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            leaks.add(event.getFormattedMessage());
        }

        List<String> leaks() {
            synchronized (this) {
                return List.copyOf(leaks);
            }
        }
    }
}
