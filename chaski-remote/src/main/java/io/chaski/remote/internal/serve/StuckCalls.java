package io.chaski.remote.internal.serve;

import io.chaski.remote.CallOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows the calls that this node serves, and ends those that do not get on: a peer that sends a part of its arguments and then
 * nothing, or does not take its answer, would hold memory that all callers share for as long as its deadline says. One timer for
 * all calls, and none when there are none. Thread-safe.
 */
final class StuckCalls {

    /**
     * How long a call may take.
     *
     * @param idle how long nothing may come of arguments that are not complete, and nothing may be taken of an answer
     * @param transfer how long all arguments may take, and all of an answer
     * @param call how long a call may take whatever its caller says
     */
    record Limits(Duration idle, Duration transfer, Duration call) {

        /**
         * Nothing for longer than any pause of a connection that the core still keeps; 64 MiB at 220 KB a second; and what
         * honest callers hold to.
         */
        static final Limits DEFAULTS =
                new Limits(Duration.ofSeconds(30), Duration.ofMinutes(5), CallOptions.MAX_DEADLINE);
    }

    private final Limits limits;
    private final Executor executor;
    private final Set<ServingCall> calls = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isArmed = new AtomicBoolean();
    private volatile boolean isClosed;

    /**
     * Watches nothing yet.
     *
     * @param limits noticed within the limit and the idle time
     * @param executor where it looks
     */
    StuckCalls(Limits limits, Executor executor) {
        this.limits = limits;
        this.executor = executor;
    }

    Duration longestCall() {
        return limits.call();
    }

    /** A call has been accepted. */
    void add(ServingCall call) {
        calls.add(call);
        if (isClosed) {
            call.abort();
        } else {
            arm();
        }
    }

    /** The stream of a call is over. */
    void remove(ServingCall call) {
        calls.remove(call);
    }

    private void arm() {
        if (isArmed.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(limits.idle().toNanos(), TimeUnit.NANOSECONDS, executor)
                    .execute(this::look);
        }
    }

    private void look() {
        try {
            long nowNanos = System.nanoTime();
            calls.forEach(call -> call.endIfStuck(limits, nowNanos));
        } finally {
            isArmed.set(false);
            if (!calls.isEmpty()) {
                arm();
            }
        }
    }

    /** Ends all calls, and those that come yet. */
    void close() {
        isClosed = true;
        calls.forEach(ServingCall::abort);
    }
}
