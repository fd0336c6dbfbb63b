package io.chaski.core.internal.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs tasks among the callbacks of the application and never refuses: a task that the callback executor does not take
 * waits and is offered again, by a timer of the loop while one waits. For users that give up for good when they are
 * refused once, and that have a bounded number of tasks. Thread-safe.
 */
final class PatientExecutor implements Executor {

    /** An executor that is full has room again within milliseconds or not for long; ten times a second costs nothing. */
    static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Callbacks callbacks;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Whether a retry is on its way. */
    private final AtomicBoolean isArmed = new AtomicBoolean();

    PatientExecutor(Callbacks callbacks) {
        this.callbacks = callbacks;
    }

    @Override
    public void execute(Runnable task) {
        if (!callbacks.promise(task)) {
            keep(task);
        }
    }

    /** Tries again to run what was refused. */
    void retry() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            if (!callbacks.promise(task)) {
                keep(task);
                return;
            }
        }
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Runs what waits on the calling thread: nobody tries again any more. */
    void runWaiting() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            callbacks.call("a callback", task);
        }
    }

    /** After the task is in the queue, so that a timer that runs meanwhile finds it or leaves room for another. */
    private void keep(Runnable task) {
        waiting.add(task);
        if (isArmed.compareAndSet(false, true) && !callbacks.later(this::onTimer, RETRY_NANOS)) {
            isArmed.set(false);
        }
    }

    private void onTimer() {
        isArmed.set(false);
        retry();
    }
}
