package io.chaski.streamer.internal.thread;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other on threads that it shares with others. Who adds tasks bounds them: by the credit of a
 * stream, or by not adding one that still waits. Thread-safe.
 */
public final class SerialExecutor implements Executor {

    private static final Logger log = LoggerFactory.getLogger(SerialExecutor.class);

    private static final int TASKS_PER_TURN = 8;

    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final boolean isLasting;
    private boolean isRunning;

    /**
     * One that has nothing to do yet.
     *
     * @param threads run its tasks; may refuse them when they have ended
     */
    public SerialExecutor(Executor threads) {
        this(threads, false);
    }

    private SerialExecutor(Executor threads, boolean isLasting) {
        this.threads = threads;
        this.isLasting = isLasting;
    }

    /**
     * One that runs its tasks on the thread that adds them when the threads have ended.
     *
     * @param threads run its tasks
     */
    public static SerialExecutor lasting(Executor threads) {
        return new SerialExecutor(threads, true);
    }

    /** If the threads have ended, runs the task here or, unless this is a lasting one, drops it. */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (isRunning) {
                return;
            }
            isRunning = true;
        }
        if (isQueued()) {
            return;
        }
        if (isLasting) {
            run();
        } else {
            synchronized (tasks) {
                tasks.clear();
                isRunning = false;
            }
        }
    }

    private boolean isQueued() {
        try {
            threads.execute(this::run);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    /** A few tasks at a time, so that a busy transfer does not keep a thread from the others; all of them at the end. */
    private void run() {
        do {
            for (int i = 0; i < TASKS_PER_TURN; i++) {
                Runnable task;
                synchronized (tasks) {
                    task = tasks.poll();
                    if (task == null) {
                        isRunning = false;
                        return;
                    }
                }
                runGuarded(task);
            }
        } while (!isQueued());
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable bug) {
            log.error(
                    "a task failed",
                    bug); // the last line of defence: an Error must not keep the next task from running
        }
    }
}
