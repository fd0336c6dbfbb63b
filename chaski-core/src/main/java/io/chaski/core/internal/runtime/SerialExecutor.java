package io.chaski.core.internal.runtime;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other among the callbacks of the application, at most {@link #BATCH} in a row so that others
 * get their turn. What is queued is bounded by whoever submits. A task that throws does not keep the next ones from
 * running. When the callback executor takes nothing, what is queued is dropped and the owner is told, unless a thread is
 * at work already: that one goes on. The next task tries again. Thread-safe.
 */
final class SerialExecutor implements Executor {

    /** Enough to make one hand-off cheap for many tasks, few enough to be fair. */
    private static final int BATCH = 64;

    private final Callbacks callbacks;
    private final Runnable onRefused;

    /** Not a monitor, because waiting for a monitor pins a virtual thread to its carrier. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Queue<Runnable> tasks = new ArrayDeque<>(4);
    private boolean isRunning;

    /**
     * Nothing queued yet.
     *
     * @param callbacks where the tasks run
     * @param onRefused called on the thread that was refused, after the queue was emptied
     */
    SerialExecutor(Callbacks callbacks, Runnable onRefused) {
        this.callbacks = callbacks;
        this.onRefused = onRefused;
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            tasks.add(task);
            if (isRunning) {
                return;
            }
            isRunning = true;
        } finally {
            lock.unlock();
        }
        handOff();
    }

    private void handOff() {
        if (callbacks.offer(this::drain)) {
            return;
        }
        lock.lock();
        try {
            tasks.clear();
            isRunning = false;
        } finally {
            lock.unlock();
        }
        onRefused.run();
    }

    private void drain() {
        do {
            for (int i = 0; i < BATCH; i++) {
                Runnable task = next();
                if (task == null) {
                    return;
                }
                callbacks.call("a callback", task);
            }
        } while (!callbacks.offer(this::drain));
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable task = tasks.poll();
            isRunning = task != null;
            return task;
        } finally {
            lock.unlock();
        }
    }
}
