package io.chaski.core.internal.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs tasks when the test says so, and counts how often it was asked. */
final class ManualExecutor implements Executor {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    int submissions;
    boolean isRefusing;

    /** What it throws instead of taking a task, if anything. */
    @Nullable
    Error failure;

    @Override
    public void execute(Runnable task) {
        if (failure != null) {
            throw failure;
        }
        if (isRefusing) {
            throw new RejectedExecutionException("full");
        }
        submissions++;
        tasks.add(task);
    }

    /** Runs one task; false if there was none. */
    boolean runOne() {
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    void runAll() {
        boolean isMore;
        do {
            isMore = runOne();
        } while (isMore);
    }

    int waiting() {
        return tasks.size();
    }
}
