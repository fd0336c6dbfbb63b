package io.chaski.core.internal.module;

import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Writes what {@link FieldReader} reads: numbers in big endian, bytes, certificates. Confined to one thread. */
public final class FieldWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /**
     * A byte.
     *
     * @param value 0 to 255; what is above the lowest eight bits is cut off
     */
    public FieldWriter u8(int value) {
        out.write(value);
        return this;
    }

    /**
     * Two bytes.
     *
     * @param value 0 to 65,535; what is above the lowest sixteen bits is cut off
     */
    public FieldWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    /**
     * Four bytes, with a sign.
     *
     * @param value any
     */
    public FieldWriter i32(int value) {
        return u16(value >>> 16).u16(value);
    }

    /**
     * Eight bytes, with a sign.
     *
     * @param value any
     */
    public FieldWriter i64(long value) {
        return i32((int) (value >>> 32)).i32((int) value);
    }

    /**
     * Bytes, without their length.
     *
     * @param bytes any number of them
     */
    public FieldWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /**
     * Two bytes of length, and the bytes.
     *
     * @param bytes 65,535 of them at most
     * @throws IllegalArgumentException if they are more
     */
    public FieldWriter bytes16(byte[] bytes) {
        if (bytes.length > 0xffff) {
            throw new IllegalArgumentException("a field of " + bytes.length + " bytes");
        }
        return u16(bytes.length).bytes(bytes);
    }

    /**
     * Four bytes of length, and the bytes.
     *
     * @param bytes any number of them
     */
    public FieldWriter bytes32(byte[] bytes) {
        return i32(bytes.length).bytes(bytes);
    }

    /**
     * A byte that says how many follow, and each behind two bytes of length.
     *
     * @param certificates 255 at most, of 65,535 bytes at most
     * @throws IllegalArgumentException if one has no encoding, or there are too many
     */
    public FieldWriter certificates(List<X509Certificate> certificates) {
        if (certificates.size() > 0xff) {
            throw new IllegalArgumentException(certificates.size() + " certificates");
        }
        u8(certificates.size());
        for (X509Certificate certificate : certificates) {
            try {
                bytes16(certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException("a certificate without an encoding", e);
            }
        }
        return this;
    }

    /** All that was written. */
    public byte[] toBytes() {
        return out.toByteArray();
    }
}
