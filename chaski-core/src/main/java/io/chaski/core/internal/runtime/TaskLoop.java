package io.chaski.core.internal.runtime;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One thread, real or simulated, that runs tasks one after another. Thread-safe. */
public interface TaskLoop {

    /**
     * Runs a task soon, after all tasks given before. Given on the loop itself, it runs in the same turn, after the
     * inputs that are being handled.
     *
     * @param task what to do; what it throws is logged
     * @return false if the loop is shut down and the task will not run
     */
    boolean execute(Runnable task);

    /**
     * Runs a task later. Called on the loop only.
     *
     * @param task what to do
     * @param delayNanos 0 or more
     */
    Timer schedule(Runnable task, long delayNanos);

    /**
     * Waits for something that a task on the loop brings about. A simulated loop moves its time on instead.
     *
     * @param future what is waited for
     * @param timeoutNanos how long to wait, on the clock of this loop
     * @return whether it is done, in whatever way
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on a loop, which would stand still, or wait for itself
     */
    default boolean await(CompletableFuture<?> future, long timeoutNanos) throws InterruptedException {
        if (future.isDone()) {
            return true;
        }
        if (inAnyLoop()) {
            throw new IllegalStateException("this call waits, and the event loop must not: use a callback");
        }
        try {
            future.get(timeoutNanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException late) {
            return future.isDone();
        } catch (ExecutionException | CancellationException failed) {
            return true; // how it ended is for the caller to read from the future
        }
    }

    /**
     * A future for the application, completed by what happens on the loop. That of a simulated loop moves time on when
     * it is waited for.
     */
    default <V extends @Nullable Object> CompletableFuture<V> newFuture() {
        return new WaitedFuture<>(this::inAnyLoop);
    }

    /**
     * Makes room for more tasks, if that takes the calling thread: a simulated loop runs what is due now. A real one has
     * a thread of its own to do so.
     */
    default void runDue() {}

    /** Whether the calling thread is the loop. */
    boolean inLoop();

    /** Whether the calling thread is any loop of this kind; none may wait for another, which may wait for it. */
    boolean inAnyLoop();

    /** The monotonic clock that delays are measured on, in nanoseconds. */
    long nanoTime();

    /** Ends the loop after the tasks that are already queued. May be called again, from any thread. */
    void shutdown();

    /**
     * Waits until the loop has ended and its thread is gone.
     *
     * @param timeoutNanos how long to wait at most
     * @return whether it has ended
     * @throws InterruptedException if the caller is interrupted
     */
    boolean awaitShutdown(long timeoutNanos) throws InterruptedException;

    /** A task that was scheduled. */
    interface Timer {
        /** Keeps the task from running. Called on the loop; does nothing if it has run. */
        void cancel();
    }
}
