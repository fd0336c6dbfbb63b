package io.chaski.core.internal.protocol;

/**
 * What became of a publish. Immutable.
 *
 * @param epoch incarnation of this node that published it, 0 when rejected
 * @param seq sequence number it got, 0 when rejected
 * @param sentTo number of peers it was sent to at once
 * @param advertisedTo number of peers that were, or will be within 10 ms, told of it and may ask for it
 * @param status how it ended
 */
public record PublishOutcome(long epoch, long seq, int sentTo, int advertisedTo, Status status) {

    /** When the protocol could not say. */
    public static final PublishOutcome FAILED = without(Status.FAILED);

    /** How a publish ended. */
    public enum Status {
        /** On its way to at least one peer. */
        ACCEPTED,
        /** Nobody there now; kept in the payload cache for whoever comes. */
        KEPT,
        /**
         * Lost: nobody there now, and the payload caches of all topics are too full to keep it. It has its number all
         * the same, so who heard of those before it sees a gap.
         */
        NOT_KEPT,
        /** Nothing happened: a subscriber that must not miss anything takes no more now. Try again later. */
        BLOCKED,
        /** Nothing was kept and nothing was sent: the payload is larger than a message may be. */
        TOO_LARGE,
        /** It is being signed; what becomes of it is told later. */
        PENDING,
        /** A bug of ours: whether anybody gets it is unknown. */
        FAILED
    }

    /**
     * Of a message that has no number.
     *
     * @param status why
     */
    public static PublishOutcome without(Status status) {
        return new PublishOutcome(0, 0, 0, 0, status);
    }
}
