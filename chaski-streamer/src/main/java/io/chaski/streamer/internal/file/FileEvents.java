package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.FileEvent;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener what happens, in order, on threads that it may hold up. Thread-safe. */
final class FileEvents {

    private static final Logger log = LoggerFactory.getLogger(FileEvents.class);

    private final Consumer<? super FileEvent> listener;
    private final SerialExecutor serial;
    private final AtomicInteger waiting = new AtomicInteger();

    FileEvents(Consumer<? super FileEvent> listener, Executor callbacks) {
        this.listener = listener;
        this.serial = new SerialExecutor(callbacks);
    }

    /**
     * Tells of an event. Of each file there are three at most beside its progress, and progress is not worth waiting for, so
     * what waits is bounded by the files.
     */
    void tell(FileEvent event) {
        if (event instanceof FileEvent.Progress && waiting.get() > 0) {
            return;
        }
        waiting.incrementAndGet();
        serial.execute(() -> {
            waiting.decrementAndGet();
            try {
                listener.accept(event);
            } catch (RuntimeException theirs) {
                log.warn("a listener failed", theirs);
            }
        });
    }
}
