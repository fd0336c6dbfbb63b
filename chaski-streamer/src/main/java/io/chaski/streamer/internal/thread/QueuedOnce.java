package io.chaski.streamer.internal.thread;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A task that waits for its turn once at most, however often it is asked for. Thread-safe. */
public final class QueuedOnce {

    private final Executor executor;
    private final Runnable task;
    private final AtomicBoolean isWaiting = new AtomicBoolean();

    /**
     * A task that does not wait yet.
     *
     * @param executor where it takes its turns
     * @param task what
     */
    public QueuedOnce(Executor executor, Runnable task) {
        this.executor = executor;
        this.task = task;
    }

    /** Runs the task after this; what changes while it runs needs another request. */
    public void request() {
        if (isWaiting.compareAndSet(false, true)) {
            executor.execute(() -> {
                isWaiting.set(false);
                task.run();
            });
        }
    }
}
