package io.chaski.remote.internal.context;

import io.chaski.core.Environment;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * The threads on which calls are executed and results are decoded: virtual ones when the JVM has them, otherwise at most 32. What
 * waits for them is bounded by the calls that may be under way. Thread-safe.
 */
public final class CallThreads implements Executor, AutoCloseable {

    private final ExecutorService executor;

    /**
     * Threads of their own for one remote.
     *
     * @param nodeName part of the names of the threads
     */
    public CallThreads(String nodeName) {
        this.executor = Environment.system().newCallbackExecutor(nodeName + "-remote");
    }

    /**
     * Runs something soon.
     *
     * @param task what to do
     * @throws RejectedExecutionException if they have been closed
     */
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /**
     * Runs something soon if the threads are not closed.
     *
     * @param task what to do
     * @return whether it will run
     */
    public boolean tryExecute(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** Interrupts what runs. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
