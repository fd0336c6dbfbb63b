package io.chaski.core.internal.module;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Writes what {@link FieldReader} reads. Confined to one thread. */
public final class FieldWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /**
     * A byte.
     *
     * @param value 0 to 255
     */
    public FieldWriter u8(int value) {
        out.write(value);
        return this;
    }

    /**
     * Four bytes.
     *
     * @param value any
     */
    public FieldWriter i32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        return this;
    }

    /**
     * Eight bytes.
     *
     * @param value any
     */
    public FieldWriter i64(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    /**
     * Bytes as they are.
     *
     * @param bytes how many they are the reader must know
     */
    public FieldWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /**
     * Bytes behind two bytes of length.
     *
     * @param bytes 65,535 at most
     * @throws IllegalArgumentException if they are more
     */
    public FieldWriter block(byte[] bytes) {
        if (bytes.length > 0xffff) {
            throw new IllegalArgumentException("a field of " + bytes.length + " bytes");
        }
        return u8(bytes.length >>> Byte.SIZE).u8(bytes.length).bytes(bytes);
    }

    /**
     * A byte that says how many follow, then each behind two bytes of length.
     *
     * @param certificates 255 at most
     * @throws IllegalArgumentException if one has no encoding, or there are too many
     */
    public FieldWriter certificates(List<X509Certificate> certificates) {
        if (certificates.size() > 0xff) {
            throw new IllegalArgumentException(certificates.size() + " certificates");
        }
        u8(certificates.size());
        try {
            for (X509Certificate certificate : certificates) {
                block(certificate.getEncoded());
            }
            return this;
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /** All that was written. */
    public byte[] toBytes() {
        return out.toByteArray();
    }
}
