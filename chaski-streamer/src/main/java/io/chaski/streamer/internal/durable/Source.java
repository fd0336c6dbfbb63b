package io.chaski.streamer.internal.durable;

import io.chaski.core.NodeId;
import java.util.Comparator;
import java.util.Objects;

/**
 * One incarnation of a publisher: its messages on a topic are numbered from 1. Ordered by origin, then epoch. Immutable.
 *
 * @param origin who published
 * @param epoch which incarnation, 0 or more; a later one has a higher epoch
 */
public record Source(NodeId origin, long epoch) implements Comparable<Source> {

    private static final Comparator<Source> ORDER =
            Comparator.comparing(Source::origin).thenComparingLong(Source::epoch);

    /** Checks the ranges. */
    public Source {
        Objects.requireNonNull(origin, "origin");
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch must be 0 or more: " + epoch);
        }
    }

    @Override
    public int compareTo(Source other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return origin.shortForm() + "/" + epoch;
    }
}
