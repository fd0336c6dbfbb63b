package io.chaski.core.internal.runtime;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the application's code runs, and the last line of defence around it: what it throws is counted and logged, now
 * and then, and goes no further. Thread-safe.
 */
final class Callbacks implements Executor, Completions {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    /** A handler that fails on every message must not fill the disk. */
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Executor executor;
    private final @Nullable ExecutorService owned;
    private final LongSupplier nanoTime;
    private final Pace failureLog;
    private final Pace refusalLog;
    private final LongAdder failures = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final ThreadLocal<Boolean> isInside = new ThreadLocal<>();

    /** What was promised to run and had no thread until the executor ended. */
    private final Queue<Runnable> promised = new ConcurrentLinkedQueue<>();

    /** Not bounded here: each is the end of something that the application asked for and that is bounded there. */
    private final PatientExecutor completions = new PatientExecutor(this);

    private volatile @Nullable NodeLoop loop;

    private Callbacks(Executor executor, @Nullable ExecutorService owned, LongSupplier nanoTime) {
        this.executor = executor;
        this.owned = owned;
        this.nanoTime = nanoTime;
        this.failureLog = new Pace(LOG_INTERVAL_NANOS, nanoTime.getAsLong());
        this.refusalLog = new Pace(LOG_INTERVAL_NANOS, nanoTime.getAsLong());
    }

    /**
     * Runs callbacks on an executor of the application, which is never shut down here.
     *
     * @param executor theirs
     * @param nanoTime the monotonic clock of the node
     */
    static Callbacks on(Executor executor, LongSupplier nanoTime) {
        return new Callbacks(executor, null, nanoTime);
    }

    /**
     * Runs callbacks on an executor that ends with the node.
     *
     * @param executor ours
     * @param nanoTime the monotonic clock of the node
     */
    static Callbacks owning(ExecutorService executor, LongSupplier nanoTime) {
        return new Callbacks(executor, executor, nanoTime);
    }

    /**
     * The loop whose timer tries again what the executor refused; without one, nothing is tried again.
     *
     * @param timed the loop of the node, which is made after this
     */
    void retryOn(NodeLoop timed) {
        loop = timed;
    }

    /**
     * Runs a task of ours on the loop, later.
     *
     * @param task does not wait
     * @param delayNanos 0 or more
     * @return false if there is no loop to run it
     */
    boolean later(Runnable task, long delayNanos) {
        NodeLoop timed = loop;
        if (timed == null) {
            return false;
        }
        if (timed.inLoop()) {
            timed.schedule((protocol, nowNanos) -> task.run(), delayNanos);
            return true;
        }
        return timed.executeAlways((protocol, nowNanos) -> timed.schedule((same, later) -> task.run(), delayNanos));
    }

    /**
     * Runs a task soon, on another thread.
     *
     * @param task what it throws is logged and counted
     * @throws RejectedExecutionException if the executor takes no more
     */
    @Override
    public void execute(Runnable task) {
        executor.execute(new Callback(task, false));
    }

    /** What the executor gets. */
    private final class Callback implements Runnable {
        private final Runnable task;

        /** Whether it runs even if the executor ends before it does. */
        private final boolean isPromised;

        Callback(Runnable task, boolean isPromised) {
            this.task = task;
            this.isPromised = isPromised;
        }

        @Override
        public void run() {
            isInside.set(true);
            try {
                call("a callback", task);
            } finally {
                isInside.remove();
            }
        }
    }

    /**
     * Runs a task soon, on another thread, if the executor takes it.
     *
     * @param task what it throws is logged and counted
     * @return whether it was taken
     */
    boolean offer(Runnable task) {
        return offer(new Callback(task, false));
    }

    /**
     * As {@link #offer}; if the executor ends before the task has had a thread, {@link #runPromised} runs it.
     *
     * @param task what it throws is logged and counted
     * @return whether it was taken
     */
    boolean promise(Runnable task) {
        return offer(new Callback(task, true));
    }

    private boolean offer(Callback callback) {
        try {
            executor.execute(callback);
            return true;
        } catch (
                Throwable refusal) { // mostly "full" or "shut down", but it is the application's and may throw anything
            refusals.increment();
            if (refusalLog.isDue(nanoTime.getAsLong())) {
                LOG.warn("the callback executor refuses to run callbacks ({} times so far)", refusals.sum(), refusal);
            }
            return false;
        }
    }

    /**
     * Runs application code on this thread.
     *
     * @param what a name for the log
     * @param code what it throws is logged and counted
     * @return whether it returned normally
     */
    boolean call(String what, Runnable code) {
        try {
            code.run();
            return true;
        } catch (Throwable failure) { // code of the application may throw anything, and the node lives on
            failures.increment();
            if (failureLog.isDue(nanoTime.getAsLong())) {
                LOG.error("{} failed ({} failures so far)", what, failures.sum(), failure);
            }
            return false;
        }
    }

    /**
     * Completes a future so that what depends on it runs here, and not on the event loop; if nothing does and a thread
     * waits for it, that thread does it. While the executor takes nothing the future stays open, and the loop tries again;
     * once the node closes, the calling thread completes it rather than nobody.
     *
     * @param future what somebody may wait for
     * @param value the result
     */
    @Override
    public <V> void complete(CompletableFuture<V> future, @Nullable V value) {
        settle(future, () -> future.complete(value));
    }

    /**
     * As {@link #complete}, with a failure.
     *
     * @param future what somebody may wait for
     * @param failure why there is no result
     */
    @Override
    public void fail(CompletableFuture<?> future, Throwable failure) {
        settle(future, () -> future.completeExceptionally(failure));
    }

    private void settle(CompletableFuture<?> future, Runnable completion) {
        boolean isGiven = future instanceof WaitedFuture<?> waited
                && waited.getNumberOfDependents() == 0
                && waited.giveToWaiter(() -> {
                    if (waited.getNumberOfDependents() == 0) {
                        completion.run();
                    } else { // it has come meanwhile
                        executeAnyway(completion);
                    }
                });
        if (!isGiven) {
            executeAnyway(completion);
        }
    }

    /**
     * Runs a task soon, whatever the executor says: as {@link #complete} does it.
     *
     * @param task of which there is a bounded number; what it throws is logged and counted
     */
    void executeAnyway(Runnable task) {
        if (!isEnding()) {
            completions.execute(task);
            if (isEnding()) { // it began to close meanwhile, perhaps after finish()
                finish();
            }
        } else if (!promise(task)) {
            call("a callback", task);
        }
    }

    /** Completes here what waits for the executor: the loop that tried again has ended, or is about to. */
    void finish() {
        completions.runWaiting();
    }

    private boolean isEnding() {
        NodeLoop timed = loop;
        return timed == null || timed.isClosing();
    }

    /** Ends at once: the node did not start. */
    void shutdownNow() {
        if (owned != null) {
            owned.shutdownNow();
        }
    }

    /** Whether the calling thread is running a callback of this node. */
    boolean isInside() {
        return isInside.get() != null;
    }

    /** Callbacks that the executor did not take. */
    long refusals() {
        return refusals.sum();
    }

    /** Callbacks that threw. */
    long failures() {
        return failures.sum();
    }

    /**
     * Takes no more callbacks and waits for those that run; those that do not end in time are interrupted, and what waits
     * for their threads is not run, but for what was promised. Called by a callback itself, it does not wait. The application's
     * own executor is left alone.
     *
     * @param timeoutNanos how long to wait
     * @return whether none runs any more, so far as that is waited for
     * @throws InterruptedException if the caller is interrupted
     */
    boolean shutdown(long timeoutNanos) throws InterruptedException {
        if (owned == null) {
            return true;
        }
        owned.shutdown();
        if (isInside() || owned.awaitTermination(timeoutNanos, TimeUnit.NANOSECONDS)) {
            return true;
        }
        for (Runnable never : owned.shutdownNow()) {
            if (never instanceof Callback callback && callback.isPromised) {
                promised.add(callback);
            }
        }
        return false;
    }

    /** Whether something was promised that the executor did not run before it ended. */
    boolean owesPromised() {
        return !promised.isEmpty();
    }

    /** Runs what was promised on this thread, for as long as it takes. */
    void runPromised() {
        for (Runnable task = promised.poll(); task != null; task = promised.poll()) {
            task.run();
        }
    }
}
