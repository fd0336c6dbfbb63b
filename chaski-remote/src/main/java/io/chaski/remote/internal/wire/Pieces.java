package io.chaski.remote.internal.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The messages that carry one body, made one at a time. Not thread-safe. */
final class Pieces {

    /**
     * One frame of the core. Of a message of several the window counts the last only while it waits, and more do not come meanwhile:
     * larger pieces would be taken one by one.
     */
    static final int BYTES = 64 << 10;

    private final Body body;
    private int offset;
    private byte @Nullable [] next;

    Pieces(Body body) {
        this.body = body;
        int piece = Math.min(BYTES - BodyReader.HEAD_BYTES, body.bytes().length);
        this.next = ByteBuffer.allocate(BodyReader.HEAD_BYTES + piece)
                .put((byte) body.kind().number())
                .putInt(body.bytes().length)
                .put(body.bytes(), 0, piece)
                .array();
        this.offset = piece;
    }

    /** The message to send, or null if all have been. */
    byte @Nullable [] next() {
        return next;
    }

    /** Whether nothing follows that message. */
    boolean isLast() {
        return offset == body.bytes().length;
    }

    /** The message has been sent. */
    void advance() {
        int piece = Math.min(BYTES, body.bytes().length - offset);
        if (piece == 0) {
            next = null;
            return;
        }
        byte[] message = new byte[piece];
        System.arraycopy(body.bytes(), offset, message, 0, piece);
        offset += piece;
        next = message;
    }
}
