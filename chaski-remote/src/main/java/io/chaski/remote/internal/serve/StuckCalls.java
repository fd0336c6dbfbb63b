package io.chaski.remote.internal.serve;

import io.chaski.remote.CallOptions;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.context.Rounds;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Knows the calls that this node serves, and ends those that do not get on: a peer that sends a part of its arguments and then
 * nothing, or does not take its answer, would hold memory that all callers share for as long as its deadline says. Thread-safe.
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

        /** As for whatever comes from a peer, and what honest callers hold to. */
        static final Limits DEFAULTS = new Limits(IdleInput.LIMIT, IdleInput.TRANSFER_LIMIT, CallOptions.MAX_DEADLINE);
    }

    private final Limits limits;
    private final Rounds<ServingCall> calls;
    private volatile boolean isClosed;

    /**
     * Watches nothing yet.
     *
     * @param limits noticed within the limit and the idle time
     * @param executor where it looks
     */
    StuckCalls(Limits limits, Executor executor) {
        this.limits = limits;
        this.calls = new Rounds<>(limits.idle(), executor, (call, nowNanos) -> call.endIfStuck(limits, nowNanos));
    }

    Duration longestCall() {
        return limits.call();
    }

    /** A call has been accepted. */
    void add(ServingCall call) {
        calls.add(call);
        if (isClosed) {
            call.abort();
        }
    }

    /** The stream of a call is over. */
    void remove(ServingCall call) {
        calls.remove(call);
    }

    /** Ends all calls, and those that come yet. */
    void close() {
        isClosed = true;
        calls.forEach(ServingCall::abort);
    }
}
