package io.chaski.remote.internal.call;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread that waits for a result and meanwhile does what the result takes: it decodes for itself. If others did it, all of them
 * might be waiting for results of their own, and none would ever come. Holds a few tasks at most, those of one call.
 */
final class WaitingThread implements Executor {

    /** Does nothing; whoever takes it looks whether the result is there. */
    private enum Wake implements Runnable {
        UP;

        @Override
        public void run() {}
    }

    private final Executor others;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    /** Guarded by {@link #tasks}. */
    private boolean hasLeft;

    /**
     * The thread that will call {@link #await}.
     *
     * @param others do what comes when it has left
     */
    WaitingThread(Executor others) {
        this.others = others;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (!hasLeft) {
                tasks.add(task);
                return;
            }
        }
        if (task != Wake.UP) {
            others.execute(task);
        }
    }

    /**
     * Waits until a result is there, in whatever way.
     *
     * @throws InterruptedException if the thread is interrupted first
     */
    void await(CompletableFuture<?> result) throws InterruptedException {
        var unused = result.whenComplete((value, failure) -> execute(Wake.UP));
        try {
            while (!result.isDone()) {
                tasks.take().run();
            }
        } finally {
            leave();
        }
    }

    private void leave() {
        List<Runnable> left = new ArrayList<>();
        synchronized (tasks) {
            hasLeft = true;
            tasks.drainTo(left);
        }
        left.removeIf(task -> task == Wake.UP);
        left.forEach(others::execute);
    }
}
