package io.chaski.remote.internal.wire;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Identifies a call of one caller, over all its attempts. 128 bits. Immutable.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record CallId(long high, long low) {

    private static final int HEX_DIGITS_OF_A_LONG = 16;

    /**
     * Draws an id.
     *
     * @param random where chance comes from
     */
    public static CallId random(RandomGenerator random) {
        return new CallId(random.nextLong(), random.nextLong());
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @param hex 32 hexadecimal digits
     * @throws IllegalArgumentException if the text is anything else
     */
    static CallId parse(String hex) {
        if (hex.length() != 2 * HEX_DIGITS_OF_A_LONG) {
            throw new IllegalArgumentException("a call id has 32 hexadecimal digits");
        }
        return new CallId(
                HexFormat.fromHexDigitsToLong(hex, 0, HEX_DIGITS_OF_A_LONG),
                HexFormat.fromHexDigitsToLong(hex, HEX_DIGITS_OF_A_LONG, hex.length()));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
