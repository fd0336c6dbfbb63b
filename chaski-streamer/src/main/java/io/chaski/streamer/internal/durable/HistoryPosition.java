package io.chaski.streamer.internal.durable;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import java.util.Comparator;
import java.util.Objects;

/**
 * The place of a message in the history that all members agree on, whatever the order in which they have received it: by
 * hybrid logical clock, then by origin, epoch and sequence. An answer never stands before its question, as long as the
 * clocks are honest. Immutable.
 *
 * @param timestamp when it was published
 * @param source who published it
 * @param sequence its number; 0 for the place before all messages of the same timestamp and source
 */
public record HistoryPosition(HybridTimestamp timestamp, Source source, long sequence)
        implements Comparable<HistoryPosition> {

    private static final Comparator<HistoryPosition> ORDER = Comparator.comparing(HistoryPosition::timestamp)
            .thenComparing(HistoryPosition::source)
            .thenComparingLong(HistoryPosition::sequence);

    private static final Source LOWEST_SOURCE = new Source(new NodeId(0, 0), 0);

    /** Before every message. */
    public static final HistoryPosition START = before(new HybridTimestamp(0, 0));

    /** Checks the ranges. */
    public HistoryPosition {
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(source, "source");
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence must be 0 or more: " + sequence);
        }
    }

    /**
     * Before all messages of a time and later ones.
     *
     * @param timestamp the time
     */
    public static HistoryPosition before(HybridTimestamp timestamp) {
        return new HistoryPosition(timestamp, LOWEST_SOURCE, 0);
    }

    @Override
    public int compareTo(HistoryPosition other) {
        return ORDER.compare(this, other);
    }
}
