package io.chaski.core.internal.wire;

import static io.chaski.core.internal.wire.ProtocolException.malformed;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.PartFrame.DataBegin;
import io.chaski.core.internal.wire.PartFrame.DataPart;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of one connection together whose parts are under way. A size costs nothing until its bytes come, and all
 * unfinished messages together announce no more than a bound; those of all connections together share another one, see {@link
 * UnfinishedMessages}. Each part but the last has one size, so a message cannot be stretched over more frames than it needs.
 * Confined to the connection's event loop.
 */
final class MessageParts {

    private final long maxBytes;
    private final UnfinishedMessages all;
    private final Runnable whenGivenUp;
    private final @Nullable Unfinished[] slots = new Unfinished[PartFrame.SLOTS];

    /** What all unfinished messages will take when they are complete. */
    private long announced;

    /** What has come of them. */
    private int heldBytes;

    private boolean isGivenUp;

    /** A message of which something is missing. */
    private static final class Unfinished implements PayloadView {
        private final DataBegin begin;
        private final ArrayPayload[] parts;
        private int count;

        Unfinished(DataBegin begin) {
            this.begin = begin;
            this.parts = new ArrayPayload[(begin.bodySize() + PartFrame.PART_BYTES - 1) / PartFrame.PART_BYTES];
        }

        int nextBytes() {
            return Math.min(PartFrame.PART_BYTES, begin.bodySize() - count * PartFrame.PART_BYTES);
        }

        boolean isComplete() {
            return count == parts.length;
        }

        @Override
        public int size() {
            return begin.bodySize();
        }

        @Override
        public void copyTo(int count, byte[] target, int targetOffset) {
            int copied = 0;
            for (int i = 0; copied < count; i++) {
                int next = Math.min(parts[i].size(), count - copied);
                parts[i].copyTo(next, target, targetOffset + copied);
                copied += next;
            }
        }

        @Override
        public boolean hasBytesOf(ArrayPayload other) {
            return other.isMadeOf(parts);
        }

        /** Prints the size only: payloads are never logged. */
        @Override
        public String toString() {
            return "payload of " + size() + " bytes in parts";
        }
    }

    /**
     * Nothing begun.
     *
     * @param maxFrame largest frame; a message is not larger, and two of the largest may be under way
     * @param all what all connections hold
     * @param whenGivenUp hears, within a call for any connection, that this one holds its place no longer and has to end
     */
    MessageParts(int maxFrame, UnfinishedMessages all, Runnable whenGivenUp) {
        this.maxBytes = maxBytes(maxFrame);
        this.all = all;
        this.whenGivenUp = whenGivenUp;
    }

    /** What all messages under way in one direction may have together; both ends count. */
    static long maxBytes(int maxFrame) {
        return 2L * maxFrame;
    }

    /** Whether the beginning of a message has come and its end has not. */
    boolean isWithinMessage() {
        return announced > 0;
    }

    /**
     * Takes a frame, and hands the message over that it completes. Takes nothing more once it was given up.
     *
     * @throws ProtocolException if it does not follow from those before it
     */
    void take(PartFrame frame, DataHandler sink) {
        if (isGivenUp) {
            return;
        }
        if (frame instanceof DataBegin begin) {
            begin(begin);
        } else if (frame instanceof DataPart part) {
            add(part, sink);
        }
    }

    private void begin(DataBegin begin) {
        if (slots[begin.slot()] != null) {
            throw malformed("a message begins in slot " + begin.slot() + " where another one has not ended");
        }
        if (announced + begin.bodySize() > maxBytes) {
            throw new ProtocolException(
                    CloseReason.LIMIT,
                    "messages of " + (announced + begin.bodySize()) + " bytes under way where " + maxBytes
                            + " are allowed");
        }
        announced += begin.bodySize();
        slots[begin.slot()] = new Unfinished(begin);
    }

    private void add(DataPart part, DataHandler sink) {
        Unfinished message = slots[part.slot()];
        if (message == null) {
            throw malformed("a part in slot " + part.slot() + " where no message has begun");
        }
        if (part.bytes().size() != message.nextBytes()) {
            throw malformed("a part of " + part.bytes().size() + " bytes where " + message.nextBytes() + " are due");
        }
        message.parts[message.count++] = part.bytes();
        if (message.isComplete()) {
            slots[part.slot()] = null;
            announced -= message.size();
            release(message.size() - part.bytes().size());
            DataBegin begin = message.begin;
            sink.onData(begin.source(), begin.seq(), begin.hop(), begin.hopLimit(), begin.flags(), message);
        } else {
            heldBytes += part.bytes().size();
            all.onPart(this, part.bytes().size());
        }
    }

    private void release(int size) {
        heldBytes -= size;
        all.onReleased(this, size);
    }

    /** What has come of messages whose last part has not. */
    int heldBytes() {
        return heldBytes;
    }

    /** Others need the memory. */
    void giveUp() {
        isGivenUp = true;
        clear();
        whenGivenUp.run();
    }

    /** Forgets what is unfinished. */
    void clear() {
        Arrays.fill(slots, null);
        announced = 0;
        release(heldBytes);
    }
}
