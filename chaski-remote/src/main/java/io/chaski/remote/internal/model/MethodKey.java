package io.chaski.remote.internal.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How a method is named on the wire: the first eight bytes of the SHA-256 of its remote name and erased parameters. Immutable.
 *
 * @param value the bytes, big endian
 */
public record MethodKey(long value) {

    private static final int HEX_DIGITS = 16;

    /**
     * The key of a method.
     *
     * @param erased remote name and erased parameters, such as {@code add(double,double)}
     */
    static MethodKey of(String erased) {
        return new MethodKey(ByteBuffer.wrap(sha256(erased)).getLong());
    }

    /** The hash of a text. */
    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @param hex 16 hexadecimal digits
     * @throws IllegalArgumentException if the text is anything else
     */
    public static MethodKey parse(String hex) {
        if (hex.length() != HEX_DIGITS) {
            throw new IllegalArgumentException("a method key has 16 hexadecimal digits");
        }
        return new MethodKey(HexFormat.fromHexDigitsToLong(hex));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
