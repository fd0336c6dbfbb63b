package io.chaski.remote.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A CBOR array of byte strings (RFC 8949, section 3): the arguments of a call, each encoded already. By hand, because a parser
 * for everything costs more than what it would find here. Stateless.
 */
final class ByteStrings {

    private static final int BYTE_STRING = 2 << 5;
    private static final int ARRAY = 4 << 5;

    /** The low bits of the first byte: the number itself below this, and else how many bytes it has. */
    private static final int LARGEST_IN_HEAD = 23;

    private static final int ONE_BYTE = 24;
    private static final int TWO_BYTES = 25;
    private static final int FOUR_BYTES = 26;
    private static final int LOW_BITS = 0x1f;
    private static final int MAX_HEAD_BYTES = 5;

    /** More than nearly all methods have: a peer that names a large number gets room as it sends strings. */
    private static final int USUAL_STRINGS = 16;

    private static final byte[] EMPTY = {};

    private ByteStrings() {}

    /** The array, in the shortest form there is. */
    static byte[] encode(List<byte[]> strings) {
        int bytes = MAX_HEAD_BYTES;
        for (byte[] string : strings) {
            bytes = Math.addExact(bytes, MAX_HEAD_BYTES + string.length);
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        writeHead(out, ARRAY, strings.size());
        for (byte[] string : strings) {
            writeHead(out, BYTE_STRING, string.length);
            out.put(string);
        }
        byte[] written = new byte[out.position()];
        out.flip().get(written);
        return written;
    }

    private static void writeHead(ByteBuffer out, int major, int number) {
        if (number <= LARGEST_IN_HEAD) {
            out.put((byte) (major | number));
        } else if (number <= 0xff) {
            out.put((byte) (major | ONE_BYTE)).put((byte) number);
        } else if (number <= 0xffff) {
            out.put((byte) (major | TWO_BYTES)).putShort((short) number);
        } else {
            out.put((byte) (major | FOUR_BYTES)).putInt(number);
        }
    }

    /**
     * The byte strings, if the array is written as {@link #encode} does it.
     *
     * @param bytes from a peer
     * @return null if they are anything else, which may still be such an array in another form
     */
    static @Nullable List<byte[]> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int count = readHead(in, ARRAY);
        if (count < 0 || count > in.remaining()) {
            return null;
        }
        List<byte[]> strings = new ArrayList<>(Math.min(count, USUAL_STRINGS));
        for (int i = 0; i < count; i++) {
            int length = readHead(in, BYTE_STRING);
            if (length < 0 || length > in.remaining()) {
                return null;
            }
            byte[] string = length == 0 ? EMPTY : new byte[length]; // a peer may send thousands of empty ones
            in.get(string);
            strings.add(string);
        }
        return in.hasRemaining() ? null : strings;
    }

    /** The number after the major type, -1 if there is something else. */
    private static int readHead(ByteBuffer in, int major) {
        int head = in.hasRemaining() ? in.get() & 0xff : -1;
        if (head < 0 || (head & ~LOW_BITS) != major) {
            return -1;
        }
        int low = head & LOW_BITS;
        if (low <= LARGEST_IN_HEAD) {
            return low;
        }
        int bytes = low > FOUR_BYTES ? Integer.MAX_VALUE : 1 << (low - ONE_BYTE);
        if (in.remaining() < bytes) {
            return -1;
        }
        return bytes == 1 ? in.get() & 0xff : bytes == 2 ? in.getShort() & 0xffff : in.getInt();
    }
}
