package io.chaski.remote.internal.wire;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends bodies one after the other and then ends its side of the stream. Never waits: where there is no room it goes on when
 * {@code onWritable} says so. Whoever adds bodies bounds them: there are never more than the arguments or an item, one that asks
 * for no more, and the last. Thread-safe.
 */
public final class BodyWriter {

    /**
     * A body that has not been sent completely.
     *
     * @param pieces what is left of it
     * @param onSent called when nothing is
     */
    private record Unsent(Pieces pieces, Runnable onSent) {}

    private final Stream stream;

    /** Guards what follows; not a monitor, which would pin a virtual thread. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Deque<Unsent> unsent = new ArrayDeque<>(2);
    private boolean isEnding;
    private boolean isDone;

    /**
     * A writer that has sent nothing yet.
     *
     * @param stream where to
     */
    public BodyWriter(Stream stream) {
        this.stream = stream;
    }

    /**
     * A writer of one body; {@link #pump} begins.
     *
     * @param stream where to
     * @param body what
     * @param onSent called once, on whatever thread, when the stream has taken everything
     */
    public BodyWriter(Stream stream, Body body, Runnable onSent) {
        this(stream);
        unsent.add(new Unsent(new Pieces(body), onSent));
        isEnding = true;
    }

    /**
     * Sends a body after those before it.
     *
     * @param body what
     */
    public void send(Body body) {
        add(body, () -> {});
    }

    /**
     * Sends a body after those before it, and tells when that is done if it takes longer.
     *
     * @param body what
     * @param onSentLater called once, on whatever thread, when the stream has taken everything; not called if it has when this
     *     returns, and not called if the stream ends before
     * @return whether the stream has taken everything
     */
    public boolean add(Body body, Runnable onSentLater) {
        lock.lock();
        try {
            if (isDone || isEnding) {
                return false;
            }
            Pieces pieces = new Pieces(body);
            if (unsent.isEmpty() && isSent(pieces, false)) {
                return true;
            }
            unsent.add(new Unsent(pieces, onSentLater));
            return false;
        } catch (StreamException ended) {
            giveUp(); // the listener of the stream hears it as well
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Ends this side of the stream after what was added. Does nothing the second time. */
    public void end() {
        lock.lock();
        try {
            isEnding = true;
        } finally {
            lock.unlock();
        }
        pump();
    }

    /**
     * Sends a body after those before it, and ends this side of the stream with it. Does nothing the second time.
     *
     * @param last what
     */
    public void end(Body last) {
        lock.lock();
        try {
            if (isDone || isEnding) {
                return;
            }
            unsent.add(new Unsent(new Pieces(last), () -> {}));
            isEnding = true;
        } finally {
            lock.unlock();
        }
        pump();
    }

    /** Sends as much as there is room for. */
    public void pump() {
        List<Runnable> sent = new ArrayList<>(1);
        lock.lock();
        try {
            Unsent first = unsent.peek();
            while (first != null && isSent(first.pieces(), isEnding && unsent.size() == 1)) {
                sent.add(first.onSent());
                unsent.remove();
                first = unsent.peek();
            }
            if (first == null && isEnding && !isDone) {
                isDone = true;
                stream.end();
            }
        } catch (StreamException ended) {
            giveUp(); // the listener of the stream hears it as well
        } finally {
            lock.unlock();
        }
        sent.forEach(Runnable::run);
    }

    /** Whether the stream has taken all of it; if nothing follows, this side of the stream ends with the last piece. */
    private boolean isSent(Pieces pieces, boolean isLastOfAll) {
        for (byte[] next = pieces.next(); next != null; next = pieces.next()) {
            if (isLastOfAll && pieces.isLast()) {
                isDone = true;
                stream.end(next);
            } else if (!stream.offer(next)) {
                return false;
            }
            pieces.advance();
        }
        return true;
    }

    private void giveUp() {
        isDone = true;
        unsent.clear();
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
}
