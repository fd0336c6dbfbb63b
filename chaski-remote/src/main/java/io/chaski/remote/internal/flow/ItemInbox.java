package io.chaski.remote.internal.flow;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyReader;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Items of one stream that have arrived and were not taken. The sender gets its credit back as they are taken, so there is never
 * more than one window of them; the pieces of an item larger than that are credited as they come once somebody waits for it, so
 * there is one unfinished item at most. The stream has manual credit. Thread-safe.
 */
public final class ItemInbox implements IdleInput.Watched {

    /**
     * Twice the window of a stream. An honest sender cannot have more outstanding, since it sends pieces of one frame; one that
     * sends a message larger than the window can.
     */
    static final int MAX_UNCREDITED_BYTES = 512 << 10;

    /** Credit is given back in portions, each of which is a task for the event loop: a sixteenth of the window. */
    private static final int PORTION_BYTES = 16 << 10;

    /** The core charges at least 64 bytes for a message, so this many are a sixteenth of the window, too. */
    private static final int PORTION_MESSAGES = 256;

    /**
     * An item that has arrived completely.
     *
     * @param body encoded; counts until it is released
     * @param uncredited bytes of its messages that the sender has not got back
     */
    private record Arrived(Body body, int uncredited) {}

    private final Stream stream;
    private final int maxItemBytes;
    private final Budget budget;
    private final IdleInput idle;
    private final Runnable onArrival;

    /** Guards what follows; not a monitor, which would pin a virtual thread. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Deque<Arrived> items = new ArrayDeque<>();
    private BodyReader reading;
    private int uncreditedOfReading;

    /** All that waits, in pieces or complete. */
    private int uncredited;

    /** Taken, and not yet given back. */
    private int owedBytes;

    private int owedMessages;

    /** Whether somebody waits for an item, so that the one that is arriving gets on. */
    private boolean isWanted;

    private boolean isDiscarding;
    private boolean isClosed;
    private long heardNanos = System.nanoTime();

    /**
     * An inbox with nothing in it.
     *
     * @param stream where the items come from
     * @param maxItemBytes most bytes of one item, encoded
     * @param budget what all bodies of the sender may take
     * @param idle watches items that have begun
     * @param onArrival called when a part of an item has arrived, on the event loop
     */
    public ItemInbox(Stream stream, int maxItemBytes, Budget budget, IdleInput idle, Runnable onArrival) {
        this.stream = stream;
        this.maxItemBytes = maxItemBytes;
        this.budget = budget;
        this.idle = idle;
        this.onArrival = onArrival;
        this.reading = new BodyReader(maxItemBytes, budget);
    }

    /**
     * Takes a message, on the event loop.
     *
     * @param message the next of the stream
     * @return a body that is no item, if this message completes one; it has been released
     * @throws MalformedException if it is no part of a body
     * @throws BudgetExceededException if an item is too large, or more waits than the sender had credit for
     */
    public @Nullable Body onMessage(byte[] message) throws MalformedException, BudgetExceededException {
        Body body;
        lock.lock();
        try {
            if (isClosed) {
                return null;
            }
            body = reading.read(message);
            uncredited += message.length;
            uncreditedOfReading += message.length;
            heardNanos = System.nanoTime();
            if (uncredited > MAX_UNCREDITED_BYTES) {
                throw new BudgetExceededException("items beyond the window");
            }
            if (body == null) {
                onPiece();
            } else {
                idle.remove(this);
                onComplete(body);
            }
        } finally {
            lock.unlock();
        }
        if (body != null && body.kind() != Body.Kind.ITEM) {
            return body;
        }
        onArrival.run();
        return null;
    }

    private void onPiece() {
        if (isDiscarding || isWanted && items.isEmpty()) {
            creditReading();
        }
        idle.add(this);
    }

    private void onComplete(Body body) {
        if (body.kind() == Body.Kind.ITEM && !isDiscarding) {
            items.add(new Arrived(body, uncreditedOfReading));
        } else {
            body.release();
            owe(uncreditedOfReading);
            settle();
        }
        uncreditedOfReading = 0;
        reading = new BodyReader(maxItemBytes, budget);
    }

    /** The next item, encoded, or null if there is none, in which case the caller is told of the next that arrives. */
    public byte @Nullable [] take() {
        Body taken;
        lock.lock();
        try {
            Arrived next = items.poll();
            isWanted = next == null;
            if (next == null) {
                creditReading();
                return null;
            }
            taken = next.body();
            taken.release();
            owe(next.uncredited());
            if (owedBytes >= PORTION_BYTES || owedMessages >= PORTION_MESSAGES || items.isEmpty()) {
                settle();
            }
        } finally {
            lock.unlock();
        }
        return taken.bytes();
    }

    /** Whether an item has begun and is not complete. */
    public boolean isInTheMiddle() {
        lock.lock();
        try {
            return reading.filled() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing waits to be taken. */
    public boolean isEmpty() {
        lock.lock();
        try {
            return items.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody wants what is here, and what still comes. */
    public void discard() {
        lock.lock();
        try {
            isDiscarding = true;
            for (Arrived item : items) {
                item.body().release();
                owe(item.uncredited());
            }
            items.clear();
            settle();
            creditReading();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nothing comes any more, and nobody gets credit. What is here can still be taken, but is not counted any more: whoever should take it may have
     * forgotten it.
     */
    public void close() {
        idle.remove(this);
        lock.lock();
        try {
            isClosed = true;
            reading.release();
            items.forEach(item -> item.body().release());
        } finally {
            lock.unlock();
        }
    }

    private void owe(int bytes) {
        uncredited -= bytes;
        owedBytes += bytes;
        owedMessages++;
    }

    /** The core counts the messages that these bytes complete. */
    private void settle() {
        if (owedBytes > 0 && !isClosed) {
            stream.consumed(owedBytes);
            owedBytes = 0;
            owedMessages = 0;
        }
    }

    private void creditReading() {
        if (uncreditedOfReading > 0) {
            owe(uncreditedOfReading);
            uncreditedOfReading = 0;
            settle();
        }
        // Whoever waits now has not waited before, however long ago the last piece came.
        heardNanos = System.nanoTime();
    }

    /** An item that has begun, for which there is room, and of which nothing comes. */
    @Override
    public void endIfIdle(long nowNanos, long limitNanos) {
        boolean isIdle;
        lock.lock();
        try {
            isIdle = uncreditedOfReading == 0 && nowNanos - heardNanos >= limitNanos;
        } finally {
            lock.unlock();
        }
        if (isIdle) {
            stream.reset(StreamCode.CANCELLED, "an item does not get on");
        }
    }
}
