package io.chaski.remote.internal.wire;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends one body and then ends its side of the stream. Never waits: where there is no room it goes on when
 * {@code onWritable} says so. Thread-safe.
 */
public final class BodyWriter {

    /** One frame: the other side sees that a slow link gets on. Smaller pieces would only cost more. */
    static final int PIECE_BYTES = 64 << 10;

    private final Stream stream;
    private final Body body;
    private final Runnable onSent;

    /** Guards what follows; not a monitor, which would pin a virtual thread. */
    private final ReentrantLock lock = new ReentrantLock();

    private int offset;
    private byte @Nullable [] next;
    private boolean isDone;

    /**
     * A writer that has sent nothing yet.
     *
     * @param stream where to
     * @param body what
     * @param onSent called once, on whatever thread, when the stream has taken everything
     */
    public BodyWriter(Stream stream, Body body, Runnable onSent) {
        this.stream = stream;
        this.body = body;
        this.onSent = onSent;
        this.next = first();
    }

    /** Sends as much as there is room for. */
    public void pump() {
        boolean isSent = false;
        lock.lock();
        try {
            while (!isDone && next != null && stream.offer(next)) {
                next = nextPiece();
                isSent = next == null;
            }
            if (isSent) {
                isDone = true;
                stream.end();
            }
        } catch (StreamException ended) {
            isDone = true; // the listener of the stream hears it as well
        } finally {
            lock.unlock();
        }
        if (isSent) {
            onSent.run();
        }
    }

    /** Whether everything has been sent, or never will be. */
    public boolean isDone() {
        lock.lock();
        try {
            return isDone;
        } finally {
            lock.unlock();
        }
    }

    private byte[] first() {
        int piece = Math.min(PIECE_BYTES - BodyReader.HEAD_BYTES, body.bytes().length);
        offset = piece;
        return ByteBuffer.allocate(BodyReader.HEAD_BYTES + piece)
                .put((byte) body.kind().number())
                .putInt(body.bytes().length)
                .put(body.bytes(), 0, piece)
                .array();
    }

    private byte @Nullable [] nextPiece() {
        int piece = Math.min(PIECE_BYTES, body.bytes().length - offset);
        if (piece == 0) {
            return null;
        }
        byte[] message = new byte[piece];
        System.arraycopy(body.bytes(), offset, message, 0, piece);
        offset += piece;
        return message;
    }
}
