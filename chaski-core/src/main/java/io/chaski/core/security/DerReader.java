package io.chaski.core.security;

import java.util.Arrays;

/**
 * Walks over the values of one level of DER (ITU-T X.690). Strict: one byte of tag, definite lengths in their shortest
 * form, nothing beyond the end. Never recurses and never allocates what a length announces. Confined to one thread.
 */
final class DerReader {

    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    static final int CONTEXT_0 = 0xA0;

    private static final int MULTIPLE_BYTES_OF_TAG = 0x1F;
    private static final int LONG_FORM = 0x80;
    private static final int MAX_LENGTH_BYTES = 3;

    private final byte[] bytes;
    private final int end;
    private int position;

    DerReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private DerReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    boolean hasNext() {
        return position < end;
    }

    /** The tag of the next value, -1 at the end. */
    int peekTag() {
        return hasNext() ? bytes[position] & 0xFF : -1;
    }

    /**
     * Goes into the next value and, in this reader, behind it.
     *
     * @param tag the only tag that may be there
     * @throws MalformedDerException if another is there, or the value is not well formed
     */
    DerReader enter(int tag) throws MalformedDerException {
        if (peekTag() != tag || (tag & MULTIPLE_BYTES_OF_TAG) == MULTIPLE_BYTES_OF_TAG) {
            throw new MalformedDerException("tag " + peekTag() + " instead of " + tag);
        }
        position++;
        int length = length();
        if (length > end - position) {
            throw new MalformedDerException("a value of " + length + " bytes in " + (end - position));
        }
        DerReader inner = new DerReader(bytes, position, position + length);
        position += length;
        return inner;
    }

    /** The bytes of the next value without tag and length; see {@link #enter}. */
    byte[] take(int tag) throws MalformedDerException {
        DerReader inner = enter(tag);
        return Arrays.copyOfRange(bytes, inner.position, inner.end);
    }

    /** The bytes of the next value with tag and length; see {@link #enter}. */
    byte[] takeWhole(int tag) throws MalformedDerException {
        int start = position;
        enter(tag);
        return Arrays.copyOfRange(bytes, start, position);
    }

    /** What is left of this level, as it is. */
    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, position, end);
        position = end;
        return rest;
    }

    /** Checks that nothing follows. */
    void end() throws MalformedDerException {
        if (hasNext()) {
            throw new MalformedDerException((end - position) + " bytes behind the last value");
        }
    }

    private int length() throws MalformedDerException {
        int first = nextByte();
        if (first < LONG_FORM) {
            return first;
        }
        int count = first - LONG_FORM;
        if (count < 1 || count > MAX_LENGTH_BYTES) {
            throw new MalformedDerException("a length of " + count + " bytes");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | nextByte();
        }
        boolean isShortest = length >= LONG_FORM && length >>> 8 * (count - 1) != 0;
        if (!isShortest) {
            throw new MalformedDerException("a length in more bytes than it needs");
        }
        return length;
    }

    private int nextByte() throws MalformedDerException {
        if (!hasNext()) {
            throw new MalformedDerException("ends within a length");
        }
        return bytes[position++] & 0xFF;
    }

    /** Not DER, or not the structure that belongs there. */
    static final class MalformedDerException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedDerException(String message) {
            super(message);
        }
    }
}
