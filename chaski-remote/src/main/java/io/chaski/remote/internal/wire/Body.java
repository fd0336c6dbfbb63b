package io.chaski.remote.internal.wire;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What one side of a call says: a kind and the bytes of it. On the stream it is one message, or several if it is long: the
 * first begins with the kind (1 byte) and the length of all bytes (4 bytes, big endian). Immutable; arrays are not copied.
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
    private final List<byte[]> chunks;
    private final int length;
    private final Runnable release;

    /**
     * A body.
     *
     * @param kind what it is
     * @param bytes its bytes, not to be changed any more
     */
    public Body(Kind kind, byte[] bytes) {
        this(kind, List.of(bytes), () -> {});
    }

    /**
     * A body that has come in chunks.
     *
     * @param kind what it is
     * @param chunks its bytes, one array after the other, not to be changed any more
     * @param release gives back what they take of a budget; does nothing the second time
     */
    Body(Kind kind, List<byte[]> chunks, Runnable release) {
        this.kind = kind;
        this.chunks = List.copyOf(chunks);
        int sum = 0;
        for (byte[] chunk : chunks) {
            sum += chunk.length;
        }
        this.length = sum;
        this.release = release;
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** How many bytes it has. */
    public int length() {
        return length;
    }

    /** Its bytes, not to be changed. Joins them if they came in chunks: for a large body, not on the event loop, and once. */
    public byte[] bytes() {
        if (chunks.size() == 1) {
            return chunks.get(0);
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        chunks.forEach(joined::put);
        return joined.array();
    }

    /** It has been decoded, or nobody wants it: its bytes count no longer. Does nothing the second time. */
    public void release() {
        release.run();
    }

    @Override
    public String toString() {
        return kind + " of " + length + " bytes";
    }
}
