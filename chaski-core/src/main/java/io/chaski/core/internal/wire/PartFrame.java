package io.chaski.core.internal.wire;

import java.util.Objects;

/**
 * A large message in parts, so that what is sent after it need not wait until all of it has gone (ADR 16). Only the two ends
 * of a connection know these frames: a sender's {@link PartScheduler} makes them, a receiver's {@link MessageParts} puts the
 * message together, and for the protocol it is one message like any other.
 */
public sealed interface PartFrame extends Frame {

    /** Large messages travel in parts of this size, the last one excepted. */
    int PART_BYTES = 64 << 10;

    /** Largest body that is sent whole: a payload of one part with whatever stands in front of it. */
    int LARGEST_WHOLE_BYTES = PART_BYTES + (8 << 10);

    /** Most messages of a connection and direction that are under way in parts at the same time. */
    int SLOTS = 16;

    /**
     * Number that the message has while it is under way: nothing else uses it before the last part has come.
     *
     * @return 0 to {@link #SLOTS} - 1
     */
    int slot();

    /**
     * A message begins. It takes its place in the order of the connection with this frame as far as names are concerned: its
     * parts need none.
     *
     * @param slot see {@link #slot}
     * @param source as in {@link DataHandler#onData}, like the other fields
     * @param seq number of the message
     * @param hop edges crossed
     * @param hopLimit largest hop
     * @param flags of the message
     * @param bodySize bytes that follow in parts, more than one part
     */
    record DataBegin(int slot, int source, long seq, int hop, int hopLimit, int flags, int bodySize)
            implements PartFrame {
        /** Checks the ranges. */
        public DataBegin {
            checkSlot(slot);
            if (source < 0 || seq < 1 || (hop | hopLimit | flags) >>> Byte.SIZE != 0) {
                throw new IllegalArgumentException("DATA of source " + source + ", seq " + seq + ", hop " + hop
                        + ", hop limit " + hopLimit + ", flags " + flags);
            }
            if (bodySize <= PART_BYTES || bodySize > WireLimits.MAX_FRAME_CAP) {
                throw new IllegalArgumentException("body of " + bodySize + " bytes in parts");
            }
        }

        /** The same in another slot. */
        public DataBegin in(int other) {
            return new DataBegin(other, source, seq, hop, hopLimit, flags, bodySize);
        }

        @Override
        public int type() {
            return FrameType.DATA_BEGIN;
        }
    }

    /**
     * The next part of a message that has begun.
     *
     * @param slot see {@link #slot}
     * @param bytes {@link #PART_BYTES}, or what is left
     */
    record DataPart(int slot, ArrayPayload bytes) implements PartFrame {
        /** Checks the ranges. */
        public DataPart {
            checkSlot(slot);
            Objects.requireNonNull(bytes, "bytes");
            if (bytes.size() < 1 || bytes.size() > PART_BYTES) {
                throw new IllegalArgumentException("part of " + bytes.size() + " bytes");
            }
        }

        @Override
        public int type() {
            return FrameType.DATA_PART;
        }
    }

    private static void checkSlot(int slot) {
        if (slot < 0 || slot >= SLOTS) {
            throw new IllegalArgumentException("slot " + slot);
        }
    }
}
