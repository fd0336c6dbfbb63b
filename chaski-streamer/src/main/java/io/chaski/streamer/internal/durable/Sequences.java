package io.chaski.streamer.internal.durable;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A set of sequence numbers, as the intervals that it consists of: memory grows with its gaps. Immutable.
 */
public final class Sequences {

    /** No number. */
    public static final Sequences NONE = new Sequences(new long[0]);

    /** First and last number of each interval, ascending; between two of them at least one number is missing. */
    private final long[] bounds;

    private Sequences(long[] bounds) {
        this.bounds = bounds;
    }

    /**
     * Numbers without a gap.
     *
     * @param first 1 or more
     * @param last included
     */
    public record Interval(long first, long last) {

        /** Checks the range. */
        public Interval {
            if (first < 1 || last < first) {
                throw new IllegalArgumentException("no interval of sequences: " + first + " to " + last);
            }
        }
    }

    /**
     * The numbers of one interval.
     *
     * @param first 1 or more
     * @param last included
     */
    public static Sequences of(long first, long last) {
        return NONE.plus(first, last);
    }

    /** The intervals, ascending; none of them touches the next one. */
    public List<Interval> intervals() {
        return IntStream.range(0, size())
                .mapToObj(i -> new Interval(first(i), last(i)))
                .toList();
    }

    /** How many intervals there are. */
    public int size() {
        return bounds.length / 2;
    }

    /** Whether there is no number. */
    public boolean isEmpty() {
        return bounds.length == 0;
    }

    /** How many numbers there are. */
    public long count() {
        return IntStream.range(0, size()).mapToLong(i -> last(i) - first(i) + 1).sum();
    }

    /**
     * Whether a number is one of them.
     *
     * @param sequence any number
     */
    public boolean contains(long sequence) {
        int i = firstEndingAtOrAfter(sequence);
        return i < size() && first(i) <= sequence;
    }

    /**
     * These and all numbers of an interval.
     *
     * @param first 1 or more
     * @param last included
     */
    public Sequences plus(long first, long last) {
        Interval added = new Interval(first, last);
        int from = firstEndingAtOrAfter(first - 1); // those that touch it are joined with it
        int to = from;
        long low = added.first();
        long high = added.last();
        while (to < size() && first(to) - 1 <= last) {
            low = Math.min(low, first(to));
            high = Math.max(high, last(to));
            to++;
        }
        long[] joined = new long[bounds.length + 2 - 2 * (to - from)];
        System.arraycopy(bounds, 0, joined, 0, 2 * from);
        joined[2 * from] = low;
        joined[2 * from + 1] = high;
        System.arraycopy(bounds, 2 * to, joined, 2 * from + 2, bounds.length - 2 * to);
        return new Sequences(joined);
    }

    /**
     * These and all of another set.
     *
     * @param other any set
     */
    public Sequences plus(Sequences other) {
        Sequences sum = this;
        for (Interval interval : other.intervals()) {
            sum = sum.plus(interval.first(), interval.last());
        }
        return sum;
    }

    /**
     * These without those of another set.
     *
     * @param other any set
     */
    public Sequences minus(Sequences other) {
        Sequences rest = NONE;
        for (Interval interval : intervals()) {
            long from = interval.first();
            for (int i = other.firstEndingAtOrAfter(from); i < other.size() && other.first(i) <= interval.last(); i++) {
                if (from < other.first(i)) {
                    rest = rest.plus(from, other.first(i) - 1);
                }
                from = other.last(i) + 1;
            }
            if (from <= interval.last()) {
                rest = rest.plus(from, interval.last());
            }
        }
        return rest;
    }

    /** These and the numbers in their lowest gaps, so that no more than so many intervals are left. */
    Sequences withAtMost(int intervals) {
        int surplus = size() - intervals;
        return surplus <= 0 ? this : plus(first(0), last(surplus));
    }

    private int firstEndingAtOrAfter(long sequence) {
        int low = 0;
        int high = size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (last(middle) < sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long first(int i) {
        return bounds[2 * i];
    }

    private long last(int i) {
        return bounds[2 * i + 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sequences that && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return intervals().stream()
                .map(each -> each.first() + "-" + each.last())
                .toList()
                .toString();
    }
}
