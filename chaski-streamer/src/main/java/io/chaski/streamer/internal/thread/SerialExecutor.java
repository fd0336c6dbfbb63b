package io.chaski.streamer.internal.thread;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other on threads that it shares with others. Who adds tasks bounds them: by the credit of a
 * stream, or by not adding one that still waits. A task that no thread can be started for waits for one. Thread-safe.
 */
public final class SerialExecutor implements Executor {

    private static final Logger log = LoggerFactory.getLogger(SerialExecutor.class);

    private static final int TASKS_PER_TURN = 8;

    /** A machine without another thread has one when somebody else ends some. */
    private static final long RETRY_MILLIS = 100;

    /** On the one thread of the Java runtime for such things, which only tries again, unless the threads have ended meanwhile. */
    private static final Executor LATER =
            CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run);

    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final boolean isLasting;
    private final Executor later;

    /** This and the following: guarded by the tasks. */
    private boolean isRunning;

    private boolean isRetryWaiting;

    /**
     * One that has nothing to do yet.
     *
     * @param threads run its tasks; may refuse them when they have ended
     */
    public SerialExecutor(Executor threads) {
        this(threads, false);
    }

    private SerialExecutor(Executor threads, boolean isLasting) {
        this(threads, isLasting, LATER);
    }

    /** With something that waits a little before it runs what it is given. */
    SerialExecutor(Executor threads, boolean isLasting, Executor later) {
        this.threads = threads;
        this.isLasting = isLasting;
        this.later = later;
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
        start();
    }

    private void start() {
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException ended) {
            onEnded();
        } catch (RuntimeException | Error noThread) { // such as OutOfMemoryError, when the machine has no more threads
            startLater(noThread);
        }
    }

    private void onEnded() {
        if (isLasting) {
            run();
        } else {
            synchronized (tasks) {
                tasks.clear();
                isRunning = false;
            }
        }
    }

    /** Leaves the tasks to the next one that comes, and tries again if none does. */
    private void startLater(Throwable noThread) {
        synchronized (tasks) {
            isRunning = false;
            if (isRetryWaiting) {
                return;
            }
            isRetryWaiting = true;
        }
        log.warn("no thread can be had, tasks wait: {}", noThread.toString());
        try {
            later.execute(this::retry);
        } catch (Error notEven) { // that thread: the next task tries again, as does this one if it is queued all the
            // same
            log.error("no thread can be had to try again", notEven);
            synchronized (tasks) {
                isRetryWaiting = false;
            }
        }
    }

    private void retry() {
        synchronized (tasks) {
            isRetryWaiting = false;
            if (isRunning || tasks.isEmpty()) {
                return;
            }
            isRunning = true;
        }
        start();
    }

    /** Whether another thread goes on, now or later. */
    private boolean isQueued() {
        try {
            threads.execute(this::run);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        } catch (RuntimeException | Error noThread) { // this one will do
            log.debug("no other thread can be had: {}", noThread.toString());
            return false;
        }
    }

    /** A few tasks at a time, so that a busy transfer does not keep a thread from the others; all of them if no other is to be had. */
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
