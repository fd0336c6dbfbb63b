package io.chaski.remote.internal.context;

import io.chaski.core.Environment;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.CallbackPool;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one remote, of four kinds: virtual ones when the JVM has them, otherwise at most 32 of each. A kind for each
 * thing that may wait for another one: an implementation for items, a subscriber's program for its signals, an iterator for
 * whoever fills it, and all of them for the library. What waits for threads is bounded by the calls that may be under way.
 * Thread-safe.
 *
 * <p>This executor runs <em>implementations</em>, with their interceptors and the decoding of their arguments. They may block for
 * as long as they like, all of them at a time; where they are few, no caller has all of them.
 *
 * <p>{@link #producers()} asks the application's publishers, iterators and streams for items, which may block as well.
 *
 * <p>{@link #signals()} tells the application's subscribers. One that blocks keeps a thread from the others.
 *
 * <p>{@link #own()} runs what the library does by itself: attempts, time-outs, cancels, completions. Implementations and producers
 * may be waiting for just that, so they never run there. Of the application it runs what is short: constructors of records while a
 * result is decoded for a future, and their accessors while the result of a future is encoded; what depends on such futures, on
 * either side; {@code Flow.Subscription.cancel}, which returns in a timely manner (Reactive Streams 1.0.4, rule 3.5); {@code
 * ServeOptions.callers} when a service is described, and before large arguments are taken in; {@code
 * RemoteOptions.oneWayFailures}. None of these should wait for a call.
 */
public final class CallThreads implements Executor, AutoCloseable {

    private final ExecutorService executor;
    private final Executor producers;
    private final Executor signals;
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
                pool(nodeName + "-remote"),
                pool(nodeName + "-remote-items"),
                pool(nodeName + "-remote-signals"),
                pool(nodeName + "-remote-own"));
    }

    /**
     * Given threads.
     *
     * @param executor runs implementations; shut down at the end
     * @param producers asks the application for items; never refuses
     * @param signals tells the application's subscribers; never refuses
     * @param own runs what the library does by itself; never refuses
     */
    public CallThreads(ExecutorService executor, Executor producers, Executor signals, Executor own) {
        this.executor = executor;
        this.producers = producers;
        this.signals = signals;
        this.own = own;
        this.turns = executor instanceof CallbackPool pool ? new PeerTurns(executor, pool.most()) : null;
    }

    private static ExecutorService pool(String name) {
        return Environment.system().newCallbackExecutor(name);
    }

    /** How many implementations can run at a time; {@link Integer#MAX_VALUE} where threads are virtual. */
    public int most() {
        return executor instanceof CallbackPool pool ? pool.most() : Integer.MAX_VALUE;
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
     * Asks producers of the application for items. Takes tasks for ever: what is asked when the remote closes ends with its call,
     * and is closed there. Its threads go when they have had nothing to do for some seconds, as those of the next two.
     */
    public Executor producers() {
        return producers;
    }

    /** Signals to subscribers of the application. Takes tasks for ever, so that all hear how it ended. */
    public Executor signals() {
        return signals;
    }

    /**
     * Runs what the library does by itself. Takes tasks for ever, also when implementations are interrupted: calls that end with
     * the remote end there.
     */
    public Executor own() {
        return own;
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
