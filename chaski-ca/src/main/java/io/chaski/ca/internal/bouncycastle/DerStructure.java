package io.chaski.ca.internal.bouncycastle;

/**
 * Looks over bytes that claim to be DER before a parser that recurses gets them: values of definite length, each within
 * the one around it, not nested deeper than any honest structure. Neither recurses nor allocates what a length announces.
 */
final class DerStructure {

    /** A certificate request nests ten deep. */
    private static final int MAX_DEPTH = 16;

    private static final int LONG_FORM = 0x80;
    private static final int MAX_LENGTH_BYTES = 3;
    private static final int MULTIPLE_BYTES_OF_TAG = 0x1F;
    private static final int CONSTRUCTED = 0x20;

    private final byte[] bytes;
    private final int[] ends = new int[MAX_DEPTH];
    private int depth;
    private int position;

    private DerStructure(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether the bytes are one value and nothing else. */
    static boolean isSound(byte[] bytes) {
        return new DerStructure(bytes).walk();
    }

    private boolean walk() {
        ends[0] = bytes.length;
        do {
            if (!step()) {
                return false;
            }
            while (depth > 0 && position == ends[depth]) {
                depth--;
            }
        } while (depth > 0);
        return position == bytes.length;
    }

    /** Goes behind a primitive value, or into a constructed one. */
    private boolean step() {
        int tag = next();
        int length = length(next());
        if (tag < 0 || (tag & MULTIPLE_BYTES_OF_TAG) == MULTIPLE_BYTES_OF_TAG || length < 0 || length > left()) {
            return false;
        }
        if ((tag & CONSTRUCTED) == 0 || length == 0) {
            position += length;
            return true;
        }
        depth++;
        if (depth == MAX_DEPTH) {
            return false;
        }
        ends[depth] = position + length;
        return true;
    }

    private int length(int first) {
        if (first < LONG_FORM) {
            return first;
        }
        int count = first - LONG_FORM;
        if (count < 1 || count > MAX_LENGTH_BYTES || count > left()) {
            return -1;
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | next();
        }
        return length;
    }

    private int left() {
        return ends[depth] - position;
    }

    private int next() {
        return left() < 1 ? -1 : bytes[position++] & 0xFF;
    }
}
