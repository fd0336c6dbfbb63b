package io.chaski.streamer;

import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import java.util.Objects;

/**
 * A message of a durable topic, and all before it of the same incarnation of its publisher. An application that stores the latest
 * one of each incarnation together with the effects of the messages has each effect once. Immutable.
 *
 * @param origin who published it
 * @param epoch in which incarnation, 0 or more
 * @param sequence its number, 1 or more
 */
public record DurablePosition(NodeId origin, long epoch, long sequence) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is outside its range
     */
    public DurablePosition {
        Objects.requireNonNull(origin, "origin");
        if (epoch < 0 || sequence < 1 || sequence == Long.MAX_VALUE) {
            throw new IllegalArgumentException("no position of a message: " + epoch + "/" + sequence);
        }
    }

    /** Where a message is. */
    public static DurablePosition of(Message<?> message) {
        return new DurablePosition(message.origin(), message.epoch(), message.sequence());
    }

    /** Behind messages that will not come. */
    public static DurablePosition behind(NodeEvent.Gap gap) {
        return new DurablePosition(gap.origin(), gap.epoch(), gap.to());
    }
}
