package io.chaski.core;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Identifies a node for as long as it lives and, when it has a data directory or a certificate, across restarts.
 * Sixteen bytes, ordered as an unsigned number. Immutable.
 *
 * @param high the first eight bytes, big endian
 * @param low the last eight bytes, big endian
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {

    /** Length of an id on the wire, in bytes. */
    public static final int BYTES = 16;

    private static final int HEX_DIGITS = 2 * BYTES;
    private static final int HEX_DIGITS_OF_A_LONG = 16;

    /**
     * Draws a new id.
     *
     * @param random where chance comes from; with a seeded generator the same run gives the same ids
     */
    public static NodeId random(RandomGenerator random) {
        return new NodeId(random.nextLong(), random.nextLong());
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @param hex 32 hexadecimal digits
     * @throws IllegalArgumentException if the text is anything else
     */
    public static NodeId parse(String hex) {
        Objects.requireNonNull(hex, "hex");
        if (hex.length() != HEX_DIGITS || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            throw new IllegalArgumentException("a node id has 32 hexadecimal digits, not '" + hex + "'");
        }
        return new NodeId(
                Long.parseUnsignedLong(hex.substring(0, HEX_DIGITS_OF_A_LONG), 16),
                Long.parseUnsignedLong(hex.substring(HEX_DIGITS_OF_A_LONG), 16));
    }

    @Override
    public int compareTo(NodeId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** The first eight hexadecimal digits: enough for people to tell the nodes of a log apart. */
    public String shortForm() {
        return toString().substring(0, 8);
    }

    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
