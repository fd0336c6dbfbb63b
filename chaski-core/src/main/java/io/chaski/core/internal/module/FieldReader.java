package io.chaski.core.internal.module;

import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the fields of a document that was stored or comes from elsewhere: numbers in big endian, bytes behind their length,
 * certificates. Nothing is allocated for what is announced and not there. Confined to one thread.
 */
public final class FieldReader {

    private final ByteBuffer in;

    /** Not the fields that were to be there. The message quotes nothing of them. */
    public static final class MalformedFieldsException extends Exception {
        private static final long serialVersionUID = 1L;

        /**
         * Something that is not a field.
         *
         * @param message what is wrong, without quoting it
         */
        public MalformedFieldsException(String message) {
            super(message);
        }

        MalformedFieldsException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * A reader at the beginning.
     *
     * @param bytes of a document
     */
    public FieldReader(byte[] bytes) {
        in = ByteBuffer.wrap(bytes);
    }

    /** A byte. */
    public int u8() throws MalformedFieldsException {
        need(Byte.BYTES);
        return Byte.toUnsignedInt(in.get());
    }

    /** Two bytes. */
    public int u16() throws MalformedFieldsException {
        need(Short.BYTES);
        return Short.toUnsignedInt(in.getShort());
    }

    /** Four bytes, with a sign. */
    public int i32() throws MalformedFieldsException {
        need(Integer.BYTES);
        return in.getInt();
    }

    /** Eight bytes, with a sign. */
    public long i64() throws MalformedFieldsException {
        need(Long.BYTES);
        return in.getLong();
    }

    /**
     * Bytes whose number was read before.
     *
     * @param length as announced
     * @param limit most that may be
     */
    public byte[] bytes(int length, int limit) throws MalformedFieldsException {
        if (length < 1 || length > limit) {
            throw new MalformedFieldsException("a part of " + length + " bytes, where 1 to " + limit + " may be");
        }
        need(length);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /**
     * A byte that says how many certificates follow, then each behind two bytes of length.
     *
     * @param maxCount most of them, at least 1 has to be there
     * @param maxBytes most bytes of all together
     */
    public List<X509Certificate> certificates(int maxCount, int maxBytes) throws MalformedFieldsException {
        int count = u8();
        if (count < 1 || count > maxCount) {
            throw new MalformedFieldsException(count + " certificates");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        int left = maxBytes;
        for (int i = 0; i < count; i++) {
            byte[] der = bytes(u16(), left);
            left -= der.length;
            try {
                certificates.add(JdkCertificates.read(der));
            } catch (CertificateException e) {
                throw new MalformedFieldsException("not a certificate", e);
            }
        }
        return certificates;
    }

    /** Everything that is left, which may be nothing. */
    public byte[] rest() {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }

    /** Nothing may be left. */
    public void end() throws MalformedFieldsException {
        if (in.hasRemaining()) {
            throw new MalformedFieldsException(in.remaining() + " bytes behind it");
        }
    }

    private void need(int bytes) throws MalformedFieldsException {
        if (in.remaining() < bytes) {
            throw new MalformedFieldsException("it ends too soon");
        }
    }
}
