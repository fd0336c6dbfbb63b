package io.chaski.streamer.internal.file;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A task that waits for its turn once at most, however often it is asked for. Thread-safe. */
final class QueuedOnce {

    private final Executor executor;
    private final Runnable task;
    private final AtomicBoolean isWaiting = new AtomicBoolean();

    QueuedOnce(Executor executor, Runnable task) {
        this.executor = executor;
        this.task = task;
    }

    /** Runs the task after this; what changes while it runs needs another request. */
    void request() {
        if (isWaiting.compareAndSet(false, true)) {
            executor.execute(() -> {
                isWaiting.set(false);
                task.run();
            });
        }
    }
}
