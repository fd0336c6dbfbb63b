package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener what happens, in order, on threads that it may hold up. What waits is bounded: progress is told to a
 * listener that waits for it, refusals as long as there are not too many, and of a file that is taken there are two events,
 * but no more files are taken while the listener is {@linkplain #isBehind() behind}. Thread-safe.
 */
final class FileEvents {

    private static final Logger log = LoggerFactory.getLogger(FileEvents.class);

    /** Two for each file of a large tree, at up to 8 KiB if the names and metadata are as long as they may be. */
    static final int MAX_WAITING = 20_000;

    private final Consumer<? super FileEvent> listener;
    private final SerialExecutor serial;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();

    FileEvents(Consumer<? super FileEvent> listener, Executor callbacks) {
        this.listener = listener;
        this.serial = SerialExecutor.lasting(callbacks);
    }

    /** Whether so much waits that nothing new is to be begun. */
    boolean isBehind() {
        return waiting.get() >= MAX_WAITING;
    }

    /** How many refusals the listener has not been told of, because it was behind. */
    long dropped() {
        return dropped.get();
    }

    /** Tells of an event, or not: see the class. */
    void tell(FileEvent event) {
        if (event instanceof FileEvent.Progress && waiting.get() > 0) {
            return;
        }
        if (event instanceof FileEvent.Refused && isBehind()) {
            if (dropped.getAndIncrement() == 0) {
                log.warn("a listener is behind by {} events and is not told of all refusals", MAX_WAITING);
            }
            return;
        }
        waiting.incrementAndGet();
        serial.execute(() -> {
            waiting.decrementAndGet();
            try {
                listener.accept(event);
            } catch (Throwable theirs) {
                log.warn("a listener failed", theirs);
            }
        });
    }
}
