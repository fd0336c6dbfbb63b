package io.chaski.remote.internal.flow;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyReader;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.MalformedException;
import io.chaski.remote.internal.wire.Reserve;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Items of one stream that have arrived and were not taken. The sender gets its credit back as they are taken, so there is never
 * more than one window of them; the pieces of an item larger than that are credited as they come once somebody waits for it, so
 * there is one unfinished item at most. The stream has manual credit. Thread-safe.
 */
public final class ItemInbox implements IdleInput.Watched {

    /**
     * What a sender may have outstanding on a stream, which is the window of the core: so much is reserved for each inbox, and what
     * waits within it is never refused. An item counts as many bytes as there, {@value #MIN_COST_BYTES} or more.
     */
    public static final int WINDOW_BYTES = 256 << 10;

    /**
     * Twice the window of a stream. An honest sender cannot have more outstanding, since it sends pieces of one frame; one that
     * sends a message larger than the window can.
     */
    static final int MAX_UNCREDITED_BYTES = 2 * WINDOW_BYTES;

    /** About what an item costs beyond its bytes, which the window of the core counts as well. */
    private static final int MIN_COST_BYTES = 64;

    /** Smaller items are joined where they arrive, and kept without what has put them together. */
    private static final int SMALL_BYTES = 64 << 10;

    /** Credit is given back in portions, each of which is a task for the event loop: a sixteenth of the window. */
    private static final int PORTION_BYTES = 16 << 10;

    /** The core charges at least 64 bytes for a message, so this many are a sixteenth of the window, too. */
    private static final int PORTION_MESSAGES = 256;

    /** An item that has arrived completely: its bytes, or its body if it is large. 4,096 of them may wait, so it is small itself. */
    private static final class Arrived {
        private final byte @Nullable [] small;
        private final @Nullable Body large;

        /** Bytes of its messages that the sender has not got back. */
        private final int uncredited;

        Arrived(byte @Nullable [] small, @Nullable Body large, int uncredited) {
            this.small = small;
            this.large = large;
            this.uncredited = uncredited;
        }
    }

    private static final Set<Body.Kind> KINDS =
            EnumSet.of(Body.Kind.ITEM, Body.Kind.DECLARED_ERROR, Body.Kind.FAILURE, Body.Kind.STOP);

    private final Stream stream;
    private final int maxItemBytes;
    private final Reserve memory;
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

    /** Since when the item that is arriving has had credit; meaningless if it has none. */
    private long creditedNanos;

    private boolean isReadingCredited;

    /**
     * An inbox with nothing in it.
     *
     * @param stream where the items come from
     * @param maxItemBytes most bytes of one item, encoded
     * @param memory {@link #WINDOW_BYTES} and what a large item takes beyond them; released when the inbox is closed
     * @param idle watches items that have begun
     * @param onArrival called when a part of an item has arrived, on the event loop
     */
    public ItemInbox(Stream stream, int maxItemBytes, Reserve memory, IdleInput idle, Runnable onArrival) {
        this.stream = stream;
        this.maxItemBytes = maxItemBytes;
        this.memory = memory;
        this.idle = idle;
        this.onArrival = onArrival;
        this.reading = new BodyReader(maxItemBytes, memory, KINDS);
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
            if (reading.isComplete()) {
                idle.remove(this);
                onComplete(body);
            } else {
                onPiece();
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
        if (isDiscarding) {
            reading.release();
        }
        if (isDiscarding || isWanted && items.isEmpty()) {
            creditReading();
        }
        idle.add(this);
    }

    /** The body is null if nobody has wanted it since it began. */
    private void onComplete(@Nullable Body body) throws BudgetExceededException {
        if (body != null && body.kind() == Body.Kind.ITEM && !isDiscarding) {
            items.add(arrived(body));
        } else {
            if (body != null) {
                body.release();
            }
            owe(uncreditedOfReading);
            settle();
        }
        uncreditedOfReading = 0;
        isReadingCredited = false;
        reading = new BodyReader(maxItemBytes, memory, KINDS);
    }

    private Arrived arrived(Body body) throws BudgetExceededException {
        if (body.length() > SMALL_BYTES) {
            return new Arrived(null, body, uncreditedOfReading);
        }
        byte[] bytes = body.bytes();
        body.release();
        if (!memory.tryTake(costOf(bytes))) {
            throw new BudgetExceededException("too many items are under way");
        }
        return new Arrived(bytes, null, uncreditedOfReading);
    }

    private static int costOf(byte[] small) {
        return Math.max(MIN_COST_BYTES, small.length);
    }

    /** The next item, encoded, or null if there is none, in which case the caller is told of the next that arrives. */
    public byte @Nullable [] take() {
        Arrived taken;
        lock.lock();
        try {
            taken = items.poll();
            isWanted = taken == null;
            if (taken == null) {
                creditReading();
                return null;
            }
            forget(taken);
            if (owedBytes >= PORTION_BYTES || owedMessages >= PORTION_MESSAGES || items.isEmpty()) {
                settle();
            }
        } finally {
            lock.unlock();
        }
        return taken.large == null ? taken.small : taken.large.bytes();
    }

    private void forget(Arrived item) {
        if (item.large != null) {
            item.large.release();
        } else if (item.small != null) {
            memory.giveBack(costOf(item.small));
        }
        owe(item.uncredited);
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
            items.forEach(this::forget);
            items.clear();
            settle();
            if (reading.filled() > 0) {
                reading.release();
            }
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
        lock.lock();
        try {
            isClosed = true;
            reading.release();
            memory.release();
            idle.remove(this); // after the last piece that the event loop may be reading at this moment
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
        if (!isReadingCredited && reading.filled() > 0) {
            isReadingCredited = true;
            creditedNanos = heardNanos;
        }
    }

    /**
     * Whether somebody waits for an item and nothing has come for too long.
     *
     * @param nowNanos on the clock of {@link System#nanoTime()}
     * @param limitNanos how long that is
     */
    public boolean isStarving(long nowNanos, long limitNanos) {
        lock.lock();
        try {
            return isWanted && !isDiscarding && nowNanos - heardNanos >= limitNanos;
        } finally {
            lock.unlock();
        }
    }

    /** An item that has begun, for which there is room, and of which nothing comes, or so little that it takes minutes. */
    @Override
    public void endIfIdle(long nowNanos, long limitNanos) {
        boolean isIdle;
        lock.lock();
        try {
            isIdle = uncreditedOfReading == 0
                    && (nowNanos - heardNanos >= limitNanos
                            || isReadingCredited && nowNanos - creditedNanos >= IdleInput.TRANSFER_LIMIT.toNanos());
        } finally {
            lock.unlock();
        }
        if (isIdle) {
            stream.reset(StreamCode.CANCELLED, "an item does not get on");
        }
    }
}
