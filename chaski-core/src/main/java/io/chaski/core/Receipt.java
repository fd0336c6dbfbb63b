package io.chaski.core;

import java.time.Duration;
import java.util.Objects;

/**
 * The fate of a published message as this node knows it. Immutable.
 *
 * <p>{@link ChaskiNode#publish} answers with the number of neighbours the topic had a moment ago, mostly at once; while the node's queue is
 * full, or subscribers that must not miss anything ({@link OverflowPolicy#BLOCK}) take no more, it waits, for as long as the publisher
 * would: 30 s unless {@code slowConsumerTimeout} or {@link PublishOptions#patience} says otherwise. {@link ChaskiNode#publishAsync} answers
 * when the message has left the queue, with exact numbers. Neither says that a subscriber has got the message.
 *
 * @param status what became of it
 * @param sequence its number, 0 if it has none yet or was rejected
 * @param neighbours how many peers it went to, or was offered to
 * @param keptFor how long it is kept for members who come later or missed it, as long as newer messages and other topics
 *     leave room; zero if it was rejected. A node that publishes on more than 1,024 topics it does not subscribe to leaves
 *     the quietest, those with kept messages last; {@link NodeEvent.LimitReached} tells that it does
 */
public record Receipt(Status status, long sequence, int neighbours, Duration keptFor) {

    /** What became of a message. */
    public enum Status {
        /** On its way to at least one peer. */
        ACCEPTED,
        /**
         * Nobody is there; kept for whoever comes in time. From {@link ChaskiNode#publish} it says that nobody was there
         * a moment ago, and that the message will be kept if there is room: whether there is shows when it leaves the
         * queue.
         */
        KEPT,
        /** Given up: the encoded payload is larger than the node's {@code maxPayload}. */
        TOO_LARGE,
        /** Given up: the node's queue stayed full for as long as the publisher would wait. */
        QUEUE_FULL,
        /**
         * Given up: a subscriber that must not miss anything ({@link OverflowPolicy#BLOCK}) took no more for as long as the
         * publisher would wait.
         */
        NO_CREDIT,
        /** Given up: the publishing thread was interrupted while it waited; it still is. */
        INTERRUPTED,
        /**
         * Given up: nobody is there, and there is no room to keep it, since the messages kept of all topics take as much
         * memory as they may. Only {@link ChaskiNode#publishAsync} knows; {@link NodeEvent.LimitReached} tells as well.
         */
        NOT_KEPT;

        /** Whether the message was given up: nobody will ever see it. */
        public boolean isRejected() {
            return compareTo(TOO_LARGE) >= 0;
        }
    }

    /** Checks the ranges. */
    public Receipt {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(keptFor, "keptFor");
        if (sequence < 0 || neighbours < 0) {
            throw new IllegalArgumentException("negative: sequence " + sequence + ", neighbours " + neighbours);
        }
    }

    /**
     * A message that was given up.
     *
     * @param status a status that {@linkplain Status#isRejected() is a rejection}
     */
    public static Receipt rejected(Status status) {
        if (!status.isRejected()) {
            throw new IllegalArgumentException("not a rejection: " + status);
        }
        return new Receipt(status, 0, 0, Duration.ZERO);
    }

    /** Whether the message was given up: nobody will ever see it. */
    public boolean isRejected() {
        return status.isRejected();
    }
}
