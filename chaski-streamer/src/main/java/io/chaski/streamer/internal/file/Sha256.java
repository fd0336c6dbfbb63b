package io.chaski.streamer.internal.file;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 as a value: four big-endian longs, because a record holds no arrays. Immutable. */
record Sha256(long first, long second, long third, long fourth) {

    static final int BYTES = 32;

    /** Hash of nothing: that of an empty file, and of the list of its chunks. */
    static final Sha256 OF_NOTHING = of(new byte[0]);

    /** A digest to feed. */
    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    static Sha256 of(byte[] content) {
        return result(digest().digest(content));
    }

    /** What a digest came to; the digest may be used anew. */
    static Sha256 finish(MessageDigest digest) {
        return result(digest.digest());
    }

    private static Sha256 result(byte[] hash) {
        return read(ByteBuffer.wrap(hash));
    }

    /** Takes the next 32 bytes. */
    static Sha256 read(ByteBuffer in) {
        return new Sha256(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @throws IllegalArgumentException if the text is anything but 64 hexadecimal digits
     */
    static Sha256 parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("a SHA-256 has 64 hexadecimal digits, not " + hex.length());
        }
        return result(HexFormat.of().parseHex(hex));
    }

    void writeTo(ByteBuffer out) {
        out.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    @Override
    public String toString() {
        return String.format("%016x%016x%016x%016x", first, second, third, fourth);
    }
}
