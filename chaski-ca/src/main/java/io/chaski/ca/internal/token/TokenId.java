package io.chaski.ca.internal.token;

import java.util.random.RandomGenerator;

/**
 * Number of a token.
 *
 * @param high the first eight bytes, big endian
 * @param low the last eight bytes, big endian
 */
public record TokenId(long high, long low) {

    static final int BYTES = 16;
    private static final int HEX = 16;
    private static final int HEX_DIGITS_OF_A_LONG = 16;

    /** Draws one. */
    public static TokenId draw(RandomGenerator random) {
        return new TokenId(random.nextLong(), random.nextLong());
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static TokenId parse(String hex) {
        if (!hex.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("the number of a token has 32 hexadecimal digits");
        }
        return new TokenId(
                Long.parseUnsignedLong(hex.substring(0, HEX_DIGITS_OF_A_LONG), HEX),
                Long.parseUnsignedLong(hex.substring(HEX_DIGITS_OF_A_LONG), HEX));
    }

    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
