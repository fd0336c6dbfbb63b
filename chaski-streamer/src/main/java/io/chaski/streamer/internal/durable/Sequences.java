package io.chaski.streamer.internal.durable;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

    /** Joins intervals that come in the order of their first numbers, in one pass. */
    static final class Joiner {
        private long[] bounds = new long[8];
        private int length;

        void add(long first, long last) {
            if (length > 0 && first - 1 <= bounds[length - 1]) {
                bounds[length - 1] = Math.max(bounds[length - 1], last);
                return;
            }
            if (length == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * length);
            }
            bounds[length++] = first;
            bounds[length++] = last;
        }

        Sequences joined() {
            return new Sequences(Arrays.copyOf(bounds, length));
        }
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
        Interval checked = new Interval(first, last);
        return new Sequences(new long[] {checked.first(), checked.last()});
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
     * The interval that a number lies in.
     *
     * @param sequence any number
     */
    public Optional<Interval> around(long sequence) {
        int i = firstEndingAtOrAfter(sequence);
        return i < size() && first(i) <= sequence ? Optional.of(new Interval(first(i), last(i))) : Optional.empty();
    }

    /**
     * The lowest number from one on.
     *
     * @param sequence any number
     */
    public OptionalLong from(long sequence) {
        int i = firstEndingAtOrAfter(sequence);
        return i < size() ? OptionalLong.of(Math.max(sequence, first(i))) : OptionalLong.empty();
    }

    /**
     * Those of the highest intervals.
     *
     * @param intervals how many, 0 or more
     */
    public Sequences highest(int intervals) {
        int surplus = size() - intervals;
        return surplus <= 0 ? this : part(surplus, intervals);
    }

    /**
     * Those of some intervals in the middle.
     *
     * @param skipped how many lower intervals are left out, 0 or more
     * @param intervals most intervals, 0 or more
     */
    public Sequences part(int skipped, int intervals) {
        int from = Math.min(skipped, size());
        int to = Math.min(size() - from, intervals) + from;
        return new Sequences(Arrays.copyOfRange(bounds, 2 * from, 2 * to));
    }

    /**
     * These and all numbers of an interval.
     *
     * @param first 1 or more
     * @param last included
     */
    public Sequences plus(long first, long last) {
        return plus(of(first, last));
    }

    /**
     * These and all of another set.
     *
     * @param other any set
     */
    public Sequences plus(Sequences other) {
        Joiner sum = new Joiner();
        int theirs = 0;
        for (int ours = 0; ours < size(); ours++) {
            for (; theirs < other.size() && other.first(theirs) < first(ours); theirs++) {
                sum.add(other.first(theirs), other.last(theirs));
            }
            sum.add(first(ours), last(ours));
        }
        for (; theirs < other.size(); theirs++) {
            sum.add(other.first(theirs), other.last(theirs));
        }
        return sum.joined();
    }

    /**
     * These without those of another set.
     *
     * @param other any set
     */
    public Sequences minus(Sequences other) {
        Joiner rest = new Joiner();
        for (Interval interval : intervals()) {
            long from = interval.first();
            boolean isCovered = false;
            for (int i = other.firstEndingAtOrAfter(from); i < other.size() && other.first(i) <= interval.last(); i++) {
                if (from < other.first(i)) {
                    rest.add(from, other.first(i) - 1);
                }
                isCovered = other.last(i) >= interval.last();
                from = other.last(i) + 1; // of no meaning behind the largest number, which is covered
            }
            if (!isCovered) {
                rest.add(from, interval.last());
            }
        }
        return rest.joined();
    }

    /**
     * These and the numbers in their lowest gaps, so that no more than so many intervals are left.
     *
     * @param intervals 1 or more
     */
    public Sequences withAtMost(int intervals) {
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
