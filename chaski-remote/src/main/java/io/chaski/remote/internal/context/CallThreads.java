package io.chaski.remote.internal.context;

import io.chaski.core.Environment;
import io.chaski.core.NodeId;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one remote, of two kinds: virtual ones when the JVM has them, otherwise at most 32 of each. What waits for them
 * is bounded by the calls that may be under way. Thread-safe.
 *
 * <p>This executor runs <em>implementations</em>, with their interceptors and the decoding of their arguments, and the producers and
 * subscribers of the streams that calls carry. They may block for as long as they like, all of them at a time; where they are few, no
 * caller has all of them.
 *
 * <p>{@link #own()} runs what the library does by itself: attempts, time-outs, cancels, completions. Implementations may be
 * waiting for just that, so they never run there. Of the application it runs what is short: constructors of records while a
 * result is decoded for a future, and their accessors while the result of a future is encoded; what depends on such futures, on
 * either side; {@code ServeOptions.callers} when a service is described, and before large arguments are taken in; {@code RemoteOptions.oneWayFailures}. None of these
 * should wait for a call.
 */
public final class CallThreads implements Executor, AutoCloseable {

    private final ExecutorService executor;
    private final Executor own;

    /** Null if there are as many threads as anybody wants. */
    private final @Nullable PeerTurns turns;

    /**
     * Threads of their own for one remote.
     *
     * @param nodeName part of the names of the threads
     */
    public CallThreads(String nodeName) {
        this(
                Environment.system().newCallbackExecutor(nodeName + "-remote"),
                Environment.system().newCallbackExecutor(nodeName + "-remote-own"));
    }

    /**
     * Given threads.
     *
     * @param executor runs implementations; shut down at the end
     * @param own runs what the library does by itself; never refuses
     */
    public CallThreads(ExecutorService executor, Executor own) {
        this.executor = executor;
        this.own = own;
        this.turns =
                executor instanceof ThreadPoolExecutor pool ? new PeerTurns(executor, pool.getMaximumPoolSize()) : null;
    }

    /**
     * Runs an implementation soon.
     *
     * @param task what to do
     * @throws RejectedExecutionException if they have been closed
     */
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /**
     * Runs an implementation soon if the threads are not closed.
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

    /**
     * Runs the implementation of a call soon, if the threads are not closed. Where they are few, callers have their turns.
     *
     * @param caller whose call it is
     * @param task what to do
     * @return whether it will run
     */
    public boolean tryExecute(NodeId caller, Runnable task) {
        return turns == null ? tryExecute(task) : turns.execute(caller, task);
    }

    /**
     * Runs what the library does by itself. Takes tasks for ever, also when implementations are interrupted: calls that end with
     * the remote end there. Its threads go when they have had nothing to do for some seconds.
     */
    public Executor own() {
        return own;
    }

    /**
     * Signals to subscribers of the application, and what asks its producers: on the threads of implementations, and on those of
     * the library when these have been closed, so that all hear how it ended.
     */
    public Executor signals() {
        return task -> {
            if (!tryExecute(task)) {
                own.execute(task);
            }
        };
    }

    /** Interrupts the implementations that run, and drops those that wait. */
    @Override
    public void close() {
        if (turns != null) {
            turns.close();
        }
        executor.shutdownNow();
    }
}
