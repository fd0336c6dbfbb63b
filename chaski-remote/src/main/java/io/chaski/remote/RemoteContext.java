package io.chaski.remote;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Subject;
import io.chaski.remote.internal.context.CurrentCall;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The call that is being executed, seen from inside the implementation. Calls that the implementation makes on the same thread
 * get the smaller of both deadlines and are cancelled with it. Thread-safe.
 */
public interface RemoteContext {

    /**
     * The call that this thread executes.
     *
     * @throws IllegalStateException if this thread executes none
     */
    static RemoteContext current() {
        return find().orElseThrow(() -> new IllegalStateException("this thread does not execute a remote call"));
    }

    /** The call that this thread executes, if it executes one. */
    static Optional<RemoteContext> find() {
        return Optional.ofNullable(CurrentCall.find());
    }

    /**
     * The node that calls: the id that it gave when its connection was made, and never one that a call names. Nodes without an
     * identity prove nothing, so among them this is who the caller says it is; with identities the id is derived from {@link
     * #identity()}, and is as good a proof.
     */
    NodeId caller();

    /**
     * Who the caller has proved to be when its connection was made, such as {@code chaski://plant-7.example/node/mill-3}: the name
     * of {@link io.chaski.core.Edge#identity()}. Empty where nodes have no identities.
     */
    Optional<Subject> identity();

    /** Name of the service that was called; {@code $callback/} and the interface if this is a callback. */
    String service();

    /** Remote name of the method that was called. */
    String method();

    /** The headers that the caller sent, without those of the library. */
    Map<String, String> headers();

    /** Time left until the caller waits no more, zero if it is over; empty if the caller set no deadline. */
    Optional<Duration> remaining();

    /**
     * Whether the result is not wanted any more: the caller has cancelled, is gone, or its deadline has passed. The thread is
     * interrupted then as well.
     */
    boolean isCancelled();

    /**
     * Runs something on this thread with this call as the current one, for implementations that go on elsewhere.
     *
     * @param task what to do
     */
    void run(Runnable task);
}
