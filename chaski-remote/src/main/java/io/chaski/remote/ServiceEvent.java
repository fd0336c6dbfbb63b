package io.chaski.remote;

import java.util.Objects;

/** Something that happened to the services that this node knows of. Facts about the past, in order. Immutable. */
public sealed interface ServiceEvent {

    /**
     * A provider of a service has come.
     *
     * @param provider who, and what
     */
    record Joined(Provider provider) implements ServiceEvent {
        /** Checks that nothing is missing. */
        public Joined {
            Objects.requireNonNull(provider, "provider");
        }
    }

    /**
     * A provider serves the same service and version with another signature.
     *
     * @param before as it was
     * @param now as it is
     */
    record Changed(Provider before, Provider now) implements ServiceEvent {
        /** Checks that nothing is missing. */
        public Changed {
            Objects.requireNonNull(before, "before");
            Objects.requireNonNull(now, "now");
        }
    }

    /**
     * A provider of a service is gone.
     *
     * @param provider who, and what
     * @param reason why
     */
    record Left(Provider provider, Reason reason) implements ServiceEvent {
        /** Checks that nothing is missing. */
        public Left {
            Objects.requireNonNull(provider, "provider");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * There are more providers or services than this node keeps; those that came last are unknown to it until there is
     * room. Said once, until there has been room again.
     *
     * @param limit how many it keeps
     */
    record LimitReached(int limit) implements ServiceEvent {}

    /** Why a provider is gone. */
    enum Reason {
        /** It said that it serves this no longer. */
        WITHDRAWN,
        /** It said goodbye. */
        CLOSED,
        /** Nothing was heard of it for as long as its announcements count. */
        EXPIRED,
        /** It runs again, as another incarnation; what it serves now follows. */
        RESTARTED
    }
}
