package io.chaski.core.internal.wire;

import static io.chaski.core.internal.wire.ProtocolException.malformed;

import io.chaski.core.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields from a range of a buffer, without moving the buffer's own indexes. Whatever does not fit the range, or
 * has more than one spelling, is a {@link ProtocolException}; a length is checked before anything is allocated for it.
 * Reusable; confined to one thread.
 */
final class WireReader {

    /** Groups of seven bits in a number of 63 bits. */
    private static final int MAX_VARINT_BYTES = 9;

    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int index;
    private int end;

    /** Starts to read the bytes from {@code index} to before {@code end}. */
    WireReader over(ByteBuf buffer, int from, int to) {
        in = buffer;
        index = from;
        end = to;
        return this;
    }

    int remaining() {
        return end - index;
    }

    int u8() {
        need(1);
        return in.getUnsignedByte(index++);
    }

    int i8() {
        need(1);
        return in.getByte(index++);
    }

    int u16() {
        need(2);
        int value = in.getUnsignedShort(index);
        index += 2;
        return value;
    }

    int u24() {
        need(3);
        int value = in.getUnsignedMedium(index);
        index += 3;
        return value;
    }

    int i32() {
        need(4);
        int value = in.getInt(index);
        index += 4;
        return value;
    }

    long i64() {
        need(8);
        long value = in.getLong(index);
        index += 8;
        return value;
    }

    /** A fixed 64-bit number whose first bit is 0. */
    long u63() {
        long value = i64();
        if (value < 0) {
            throw malformed("number above 2^63 - 1");
        }
        return value;
    }

    boolean bool() {
        return u8(0, 1) == 1;
    }

    int u8(int min, int max) {
        return (int) between(u8(), min, max);
    }

    /** A byte of flags, of which only those of the mask may be set. */
    int flags(int mask) {
        int flags = u8();
        if ((flags & ~mask) != 0) {
            throw malformed("reserved flag is set");
        }
        return flags;
    }

    /** Seven bits a byte, low groups first, in the shortest form; 0 to 2^63 - 1. */
    long varint() {
        if (remaining() < Long.BYTES) {
            return slowVarint();
        }
        // One look at the buffer for all groups: each look costs its checks.
        long bytes = in.getLongLE(index);
        long ends = ~bytes & 0x8080808080808080L;
        if (ends == 0) {
            return slowVarint();
        }
        int count = (Long.numberOfTrailingZeros(ends) >>> 3) + 1;
        long value = bytes & 0x7f;
        for (int i = 1; i < count; i++) {
            value |= (bytes >>> 8 * i & 0x7f) << 7 * i;
        }
        if (count > 1 && value >>> 7 * (count - 1) == 0) {
            throw malformed("number is not in its shortest form");
        }
        index += count;
        return value;
    }

    /** Byte by byte, at the end of a frame or for the longest. */
    private long slowVarint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int group = u8();
            value |= (long) (group & 0x7f) << (7 * i);
            if (group < 0x80) {
                if (group == 0 && i > 0) {
                    throw malformed("number is not in its shortest form");
                }
                return value;
            }
        }
        throw malformed("number above 2^63 - 1");
    }

    int varint31() {
        return (int) between(varint(), 0, Integer.MAX_VALUE);
    }

    long varint(long min, long max) {
        return between(varint(), min, max);
    }

    NodeId nodeId() {
        long high = i64();
        return new NodeId(high, i64());
    }

    String text(int minBytes, int maxBytes) {
        return Utf8.decode(bytes((int) varint(minBytes, maxBytes)));
    }

    /**
     * A label.
     *
     * @param expected returned if it is this one
     */
    Label label(@Nullable Label expected) {
        if (expected != null && isNext(expected.encoded())) {
            index += expected.encoded().length;
            return expected;
        }
        int from = index;
        String text = text(0, WireLimits.MAX_LABEL_BYTES);
        byte[] encoded = new byte[index - from];
        in.getBytes(from, encoded);
        return new Label(text, encoded);
    }

    private boolean isNext(byte[] bytes) {
        if (bytes.length > remaining() || !in.hasArray()) {
            return false;
        }
        int from = in.arrayOffset() + index;
        return Arrays.equals(bytes, 0, bytes.length, in.array(), from, from + bytes.length);
    }

    /**
     * Number of elements that follow.
     *
     * @param max most that are allowed
     * @param minElementBytes smallest size of one: a list cannot announce more than its bytes can hold
     */
    int count(int max, int minElementBytes) {
        int count = (int) varint(0, max);
        if (count > remaining() / minElementBytes) {
            throw malformed("list is longer than its frame");
        }
        return count;
    }

    /** Everything that is left. */
    byte[] rest() {
        return bytes(remaining());
    }

    /** So many bytes as a payload of their own. */
    ArrayPayload payload(int length) {
        return ArrayPayload.owning(bytes(length));
    }

    /** Everything that is left, without a copy. */
    PayloadView lendRest(BufferPayload view) {
        return view.lend(in, index, remaining());
    }

    /** Skips everything that is left and says how much it was. */
    int skipRest() {
        int skipped = remaining();
        index = end;
        return skipped;
    }

    /** Nothing may be left. */
    void end() {
        if (index != end) {
            throw malformed("bytes after the last field");
        }
    }

    /** So many bytes. */
    byte[] bytes(int length) {
        need(length);
        byte[] bytes = new byte[length];
        in.getBytes(index, bytes);
        index += length;
        return bytes;
    }

    private void need(int bytes) {
        if (end - index < bytes) {
            throw malformed("field reaches beyond its frame");
        }
    }

    private static long between(long value, long min, long max) {
        if (value < min || value > max) {
            throw malformed("number out of range");
        }
        return value;
    }
}
