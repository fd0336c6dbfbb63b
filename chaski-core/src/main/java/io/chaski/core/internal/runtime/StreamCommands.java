package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.stream.ProtocolStream;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the application wants of one stream and the loop has not taken yet. Bounded by the room for outbound messages, one window,
 * which one message and the last one may overdraw; everything else is a number or a flag. Nothing here waits or calls anybody while
 * the lock is held. A lock and not a monitor, because waiting for a monitor pins a virtual thread to its carrier. Thread-safe.
 */
final class StreamCommands {

    /** What became of a command. */
    enum Outcome {
        /** Taken; the caller has the loop fetch it. */
        QUEUED_FIRST,
        /** Taken; the loop comes for it anyway. */
        QUEUED,
        /** No room for the message. */
        FULL,
        /** It changes nothing any more. */
        IGNORED
    }

    /**
     * What the loop has to do, in this order.
     *
     * @param messages to send
     * @param consumed how many messages the application has dealt with
     * @param ends whether nothing follows
     * @param reset how to end both directions, null not to
     */
    record Batch(
            List<ArrayPayload> messages,
            int consumed,
            boolean ends,
            @Nullable Reset reset) {
        void applyTo(ProtocolStream stream) {
            int last = ends ? messages.size() - 1 : messages.size();
            for (int i = 0; i < last; i++) {
                stream.send(messages.get(i));
            }
            if (ends && last >= 0) {
                stream.sendLast(messages.get(last));
            } else if (ends) {
                stream.end();
            }
            if (consumed > 0) {
                stream.consumed(consumed);
            }
            if (reset != null) {
                stream.reset(reset.code(), reset.reason());
            }
        }
    }

    /**
     * How a stream is reset.
     *
     * @param code why
     * @param reason a short sentence
     */
    record Reset(StreamCode code, String reason) {}

    private final int window;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private List<ArrayPayload> messages = new ArrayList<>();
    private int consumed;
    private boolean isEndQueued;
    private @Nullable Reset reset;
    private boolean isQueued;

    /** What may still be queued: taken by the sender, given back when the loop has sent it. */
    private int room;

    private boolean isRefused;
    private boolean isEnded;
    private @Nullable End end;
    private @Nullable CompletableFuture<Void> waiting;

    /** Sizes of messages that a listener with manual credit has not given back; the peer's window bounds them. */
    private final Deque<Integer> unconsumed = new ArrayDeque<>(2);

    private long unconsumedBytes;
    private int consumedOfFirst;

    StreamCommands(int window) {
        this.window = window;
        this.room = window;
    }

    /** A message larger than the room may be queued while there is any: it leaves in fragments. */
    Outcome offer(ArrayPayload message, boolean tellWhenWritable) {
        lock.lock();
        try {
            requireOpen();
            if (room <= 0) {
                isRefused |= tellWhenWritable;
                return Outcome.FULL;
            }
            room -= ProtocolStream.costOf(message.size());
            messages.add(message);
            return queued();
        } finally {
            lock.unlock();
        }
    }

    /** Done when a blocked sender should try again. */
    CompletableFuture<Void> room() {
        lock.lock();
        try {
            if (room > 0 || isEnded || end != null) {
                return CompletableFuture.completedFuture(null);
            }
            if (waiting == null) {
                waiting = new CompletableFuture<>();
            }
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Room is free again; returns whether somebody who was refused should hear of it. */
    boolean onSent(int bytes) {
        CompletableFuture<Void> woken = null;
        boolean tell;
        lock.lock();
        try {
            room = Math.min(window, room + bytes);
            tell = isRefused && room >= window / 2;
            isRefused &= !tell;
            if (room > 0) {
                woken = waiting;
                waiting = null;
            }
        } finally {
            lock.unlock();
        }
        wake(woken);
        return tell;
    }

    Outcome end() {
        return endWith(null);
    }

    /** A last message has room whatever waits: it is one, as the one that {@link #offer} takes while there is any. */
    Outcome end(ArrayPayload last) {
        return endWith(last);
    }

    private Outcome endWith(@Nullable ArrayPayload last) {
        CompletableFuture<Void> woken;
        Outcome outcome;
        lock.lock();
        try {
            if (last != null) {
                requireOpen();
                room -= ProtocolStream.costOf(last.size());
                messages.add(last);
            } else if (isEnded || end != null) {
                return Outcome.IGNORED;
            }
            isEnded = true;
            isEndQueued = true;
            woken = waiting;
            waiting = null;
            outcome = queued();
        } finally {
            lock.unlock();
        }
        wake(woken);
        return outcome;
    }

    private void requireOpen() {
        if (end != null) {
            throw end.exception();
        }
        if (isEnded) {
            throw new IllegalStateException("the stream has been ended by this side");
        }
    }

    Outcome reset(StreamCode code, String reason) {
        lock.lock();
        try {
            if (end != null || reset != null) {
                return Outcome.IGNORED;
            }
            reset = new Reset(code, reason);
            return queued();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Why there is nothing more to say. An exception costs more than a short stream, and most streams end well: one is made for whoever
     * needs it.
     */
    record End(StreamCode code, String detail) {
        StreamException exception() {
            return new StreamException(code, detail);
        }
    }

    /** The stream has ended; false if it had before. */
    boolean end(End cause) {
        CompletableFuture<Void> woken;
        lock.lock();
        try {
            if (end != null) {
                return false;
            }
            end = cause;
            woken = waiting;
            waiting = null;
        } finally {
            lock.unlock();
        }
        wake(woken);
        return true;
    }

    /** A listener without manual credit has returned. */
    Outcome consumedMessage() {
        lock.lock();
        try {
            consumed++;
            return queued();
        } finally {
            lock.unlock();
        }
    }

    /** A listener with manual credit gets a message. */
    void delivered(int bytes) {
        lock.lock();
        try {
            unconsumed.add(bytes);
            unconsumedBytes += bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Counts the messages that these bytes complete, oldest first; 0 bytes complete one empty message. */
    Outcome consumedBytes(int bytes) {
        lock.lock();
        try {
            if (bytes < 0 || bytes > unconsumedBytes) {
                throw new IllegalArgumentException(
                        "bytes must be 0 to " + unconsumedBytes + ", which were delivered, not " + bytes);
            }
            unconsumedBytes -= bytes;
            int rest = consumedOfFirst + bytes;
            int before = consumed;
            Integer first = unconsumed.peek();
            if (rest == 0 && first != null && first == 0) {
                unconsumed.remove();
                consumed++;
            }
            while (rest > 0 && first != null && first <= rest) {
                rest -= first;
                unconsumed.remove();
                consumed++;
                first = unconsumed.peek();
            }
            consumedOfFirst = rest;
            return consumed == before ? Outcome.IGNORED : queued();
        } finally {
            lock.unlock();
        }
    }

    /** Takes everything, on the loop. */
    Batch take() {
        lock.lock();
        try {
            Batch batch = new Batch(messages, consumed, isEndQueued, reset);
            messages = new ArrayList<>();
            consumed = 0;
            isEndQueued = false;
            isQueued = false;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private Outcome queued() {
        boolean isFirst = !isQueued;
        isQueued = true;
        return isFirst ? Outcome.QUEUED_FIRST : Outcome.QUEUED;
    }

    private static void wake(@Nullable CompletableFuture<Void> woken) {
        if (woken != null) {
            woken.complete(null);
        }
    }
}
