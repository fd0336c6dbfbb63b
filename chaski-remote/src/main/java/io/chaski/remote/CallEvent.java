package io.chaski.remote;

import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Something that happened to a call. Tells which, and never with what arguments or result. Immutable. */
public sealed interface CallEvent {

    /** How this node has to do with a call. */
    enum Side {
        /** It makes the call. */
        CALLING,
        /** It executes the call of another node. */
        SERVING,
        /** It executes what another node has scheduled. */
        SCHEDULED
    }

    /** How this node has to do with the call. */
    Side side();

    /** Name of the service. */
    String service();

    /** Remote name of the method. */
    String method();

    /** The other node; empty if none has been chosen. */
    Optional<NodeId> peer();

    /**
     * A call has begun.
     *
     * @param side whose call it is
     * @param service name of the service
     * @param method remote name of the method
     * @param peer who calls; empty when this node calls, which then has not chosen yet
     */
    record Started(Side side, String service, String method, Optional<NodeId> peer) implements CallEvent {
        /** Checks that nothing is missing. */
        public Started {
            Objects.requireNonNull(side, "side");
            Objects.requireNonNull(service, "service");
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(peer, "peer");
        }
    }

    /**
     * A call has ended.
     *
     * @param side whose call it is
     * @param service name of the service
     * @param method remote name of the method
     * @param peer who calls, or was called last
     * @param duration since it began, repetitions included
     * @param outcome {@code OK}, {@code DECLARED_ERROR}, {@code CANCELLED}, or why it failed: for calls of this node a {@link
     *     CallException#reason()}, or {@code FAILED} if a selection has thrown; for others a code of the protocol such as {@code REMOTE_ERROR} or {@code DENIED}
     */
    record Ended(Side side, String service, String method, Optional<NodeId> peer, Duration duration, String outcome)
            implements CallEvent {
        /** Checks that nothing is missing. */
        public Ended {
            Objects.requireNonNull(side, "side");
            Objects.requireNonNull(service, "service");
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(peer, "peer");
            Objects.requireNonNull(duration, "duration");
            Objects.requireNonNull(outcome, "outcome");
        }
    }
}
