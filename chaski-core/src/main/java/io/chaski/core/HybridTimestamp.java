package io.chaski.core;

import java.time.Instant;

/**
 * Time of a hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): close to the wall clock of the
 * publisher, and later than every timestamp that the publisher had seen before. Sorts a history so that an answer
 * never stands before its question. Nothing in delivery depends on it. Immutable.
 *
 * @param millis milliseconds since 1970, 48 bits
 * @param counter tells events within one millisecond apart, 16 bits
 */
public record HybridTimestamp(long millis, int counter) implements Comparable<HybridTimestamp> {

    private static final int COUNTER_BITS = 16;
    private static final int MAX_COUNTER = (1 << COUNTER_BITS) - 1;
    private static final long MAX_MILLIS = (1L << Long.SIZE - COUNTER_BITS) - 1;

    /** Checks the ranges. */
    public HybridTimestamp {
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException("millis must fit 48 bits: " + millis);
        }
        if (counter < 0 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException("counter must fit 16 bits: " + counter);
        }
    }

    /**
     * Takes apart what {@link #packed()} puts together.
     *
     * @param packed any 64 bits
     */
    public static HybridTimestamp ofPacked(long packed) {
        return new HybridTimestamp(packed >>> COUNTER_BITS, (int) packed & MAX_COUNTER);
    }

    /** Both in one number, ordered as an unsigned number like the timestamps themselves. */
    public long packed() {
        return millis << COUNTER_BITS | counter;
    }

    /** The time for people, without the counter. */
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public int compareTo(HybridTimestamp other) {
        return Long.compareUnsigned(packed(), other.packed());
    }

    @Override
    public String toString() {
        return instant() + "+" + counter;
    }
}
