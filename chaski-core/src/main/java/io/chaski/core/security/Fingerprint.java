package io.chaski.core.security;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The SHA-256 of a certificate, or of a public key in its {@code SubjectPublicKeyInfo} form. Four big-endian numbers,
 * because a record holds no arrays. Immutable.
 *
 * @param first bytes 0 to 7
 * @param second bytes 8 to 15
 * @param third bytes 16 to 23
 * @param fourth bytes 24 to 31
 */
public record Fingerprint(long first, long second, long third, long fourth) {

    /** Length in bytes. */
    public static final int BYTES = 32;

    /**
     * Hashes bytes.
     *
     * @param content any bytes
     */
    public static Fingerprint of(byte[] content) {
        return read(ByteBuffer.wrap(digest().digest(content)));
    }

    /**
     * Hashes a certificate in DER.
     *
     * @param certificate any
     */
    public static Fingerprint of(X509Certificate certificate) {
        try {
            return of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /**
     * Hashes a public key in its {@code SubjectPublicKeyInfo} form: the same for every certificate of the key.
     *
     * @param key any
     */
    public static Fingerprint of(PublicKey key) {
        return of(key.getEncoded());
    }

    /**
     * Takes the next 32 bytes.
     *
     * @param in where they are
     * @throws java.nio.BufferUnderflowException if there are fewer
     */
    public static Fingerprint read(ByteBuffer in) {
        return new Fingerprint(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @param hex 64 hexadecimal digits
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Fingerprint parse(String hex) {
        Objects.requireNonNull(hex, "hex");
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("a fingerprint has 64 hexadecimal digits, not " + hex.length());
        }
        return read(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    /** The 32 bytes. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .array();
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
