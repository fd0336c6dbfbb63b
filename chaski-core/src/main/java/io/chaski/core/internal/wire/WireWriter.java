package io.chaski.core.internal.wire;

import io.chaski.core.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/**
 * Appends fields to a buffer: the mirror of {@link WireReader}, which refuses what this refuses, so that nothing is
 * sent that our own decoder would not take. Reusable; confined to one thread.
 */
final class WireWriter {

    private ByteBuf out = Unpooled.EMPTY_BUFFER;

    /** Starts to append to a buffer. */
    WireWriter to(ByteBuf buffer) {
        out = buffer;
        return this;
    }

    /** Where the next field goes. */
    int index() {
        return out.writerIndex();
    }

    /** Forgets what was written from an index on. */
    void backTo(int index) {
        out.writerIndex(index);
    }

    /** Overwrites a byte that was written as a placeholder. */
    void patchU8(int index, int value) {
        out.setByte(index, value);
    }

    void u8(int value) {
        out.writeByte((int) between(value, 0, 0xff));
    }

    void u8(int value, int min, int max) {
        u8((int) between(value, min, max));
    }

    void i8(int value) {
        out.writeByte((int) between(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
    }

    void u16(int value) {
        out.writeShort((int) between(value, 0, 0xffff));
    }

    void i32(int value) {
        out.writeInt(value);
    }

    void u31(int value, int min) {
        out.writeInt((int) between(value, min, Integer.MAX_VALUE));
    }

    void i64(long value) {
        out.writeLong(value);
    }

    void u63(long value) {
        out.writeLong(between(value, 0, Long.MAX_VALUE));
    }

    void bool(boolean value) {
        out.writeByte(value ? 1 : 0);
    }

    void varint(long value) {
        long rest = between(value, 0, Long.MAX_VALUE);
        while (rest >= 0x80) {
            out.writeByte((int) rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /** Two numbers, neither negative: with one write if they are small, since each write costs its checks. */
    void varints(long first, long second) {
        int firstSize = varintSize(first);
        int size = firstSize + varintSize(second);
        if (size > Long.BYTES || out.writableBytes() < Long.BYTES) {
            varint(first);
            varint(second);
            return;
        }
        int index = out.writerIndex();
        out.setLongLE(index, groups(first) | groups(second) << Byte.SIZE * firstSize);
        out.writerIndex(index + size);
    }

    /** What {@link #varint(long)} writes for a number of at most eight groups, the first byte lowest. */
    private static long groups(long value) {
        long groups = value & 0x7f;
        for (int i = 1; value >>> 7 * i != 0; i++) {
            groups |= 0x80L << Byte.SIZE * (i - 1) | (value >>> 7 * i & 0x7f) << Byte.SIZE * i;
        }
        return groups;
    }

    void varint(long value, long min, long max) {
        varint(between(value, min, max));
    }

    /** Number of bytes that {@link #varint(long)} writes for a number that is not negative. */
    static int varintSize(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    void nodeId(NodeId id) {
        out.writeLong(id.high());
        out.writeLong(id.low());
    }

    void text(String text, int minBytes, int maxBytes) {
        int bytes = Utf8.length(text);
        varint(bytes, minBytes, maxBytes);
        ByteBufUtil.reserveAndWriteUtf8(out, text, bytes);
    }

    /** Number of bytes that {@link #text} writes. */
    static int textSize(String text) {
        int bytes = Utf8.length(text);
        return varintSize(bytes) + bytes;
    }

    /** What {@link #text} writes for the text of a label. */
    void label(Label label) {
        out.writeBytes(label.encoded());
    }

    /** A sentence for people: made to fit instead of refused. */
    void sentence(String text, int maxBytes) {
        text(Utf8.fit(text, maxBytes), 0, maxBytes);
    }

    void count(int count, int max) {
        varint(count, 0, max);
    }

    void zeros(int count) {
        out.writeZero((int) between(count, 0, WireLimits.MAX_FRAME_CAP));
    }

    /** A payload up to the end of the frame. */
    void payload(ArrayPayload payload) {
        payload.appendTo(out);
    }

    private static long between(long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("must be " + min + " to " + max + ": " + value);
        }
        return value;
    }
}
