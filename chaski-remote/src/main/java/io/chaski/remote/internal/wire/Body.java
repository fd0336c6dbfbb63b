package io.chaski.remote.internal.wire;

/**
 * What one side of a call says: a kind and the bytes of it. On the stream it is one message, or several if it is long: the
 * first begins with the kind (1 byte) and the length of all bytes (4 bytes, big endian). Immutable; the array is not copied.
 */
public final class Body {

    /** What a body is. The numbers travel and never change their meaning. */
    public enum Kind {
        /** The arguments: an array with the encoding of each. */
        ARGUMENTS(1),
        /** The result; empty if the method has none. */
        VALUE(2),
        /** A declared exception: its simple name and its message. */
        DECLARED_ERROR(3),
        /** A {@link Failure}. */
        FAILURE(4),
        /** One item of a stream. */
        ITEM(5),
        /** Whoever executes wants no more items; the answer is still to come. Empty. */
        STOP(6);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        static Kind ofNumber(int number) throws MalformedException {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new MalformedException("no such kind of body: " + number);
        }

        /** The number on the wire. */
        int number() {
            return number;
        }
    }

    private final Kind kind;
    private final byte[] bytes;

    /**
     * A body.
     *
     * @param kind what it is
     * @param bytes its bytes, not to be changed any more
     */
    public Body(Kind kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** Its bytes, not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return kind + " of " + bytes.length + " bytes";
    }
}
