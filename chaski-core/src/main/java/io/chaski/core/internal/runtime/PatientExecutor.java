package io.chaski.core.internal.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * Runs tasks among the callbacks of the application and never refuses: a task that the callback executor does not take
 * waits until {@link #retry}. For users that give up for good when they are refused once, and that have a bounded number
 * of tasks. Thread-safe.
 */
final class PatientExecutor implements Executor {

    private final Callbacks callbacks;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    PatientExecutor(Callbacks callbacks) {
        this.callbacks = callbacks;
    }

    @Override
    public void execute(Runnable task) {
        if (!callbacks.offer(task)) {
            waiting.add(task);
        }
    }

    /** Tries again to run what was refused. */
    void retry() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            if (!callbacks.offer(task)) {
                waiting.add(task);
                return;
            }
        }
    }
}
