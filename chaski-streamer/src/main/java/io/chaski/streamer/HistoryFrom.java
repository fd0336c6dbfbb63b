package io.chaski.streamer;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.keep.HistoryPlace;
import java.time.Instant;

/** Where a page of the history of a durable topic begins. Immutable. */
public final class HistoryFrom {

    /** Most messages of a page. */
    public static final int MAX_MESSAGES = HistoryPlace.MAX_MESSAGES;

    private final HistoryPlace place;

    private HistoryFrom(HistoryPosition after, int last) {
        this.place = new HistoryPlace(after, last);
    }

    HistoryPlace place() {
        return place;
    }

    /** The first message that is kept. */
    public static HistoryFrom start() {
        return new HistoryFrom(HistoryPosition.START, 0);
    }

    /**
     * The first message of a time or later, by the publishers' clocks.
     *
     * @param time from 1970 on
     * @throws IllegalArgumentException if it is earlier
     */
    public static HistoryFrom since(Instant time) {
        return new HistoryFrom(HistoryPosition.before(new HybridTimestamp(time.toEpochMilli(), 0)), 0);
    }

    /**
     * The message behind one that is known, such as the last one of a page.
     *
     * @param message of this topic; need not be kept any more
     */
    public static HistoryFrom after(Message<?> message) {
        Source source = new Source(message.origin(), message.epoch());
        return new HistoryFrom(new HistoryPosition(message.timestamp(), source, message.sequence()), 0);
    }

    /**
     * The last messages; 1 is the last value.
     *
     * @param messages how many, 1 to {@value #MAX_MESSAGES}
     * @throws IllegalArgumentException if it is outside that
     */
    public static HistoryFrom last(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("the last 1 to " + MAX_MESSAGES + " messages, not " + messages);
        }
        return new HistoryFrom(
                new HistoryPosition(new HybridTimestamp(0, 0), new Source(new NodeId(0, 0), 0), 0), messages);
    }
}
