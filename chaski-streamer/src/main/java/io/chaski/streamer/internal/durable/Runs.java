package io.chaski.streamer.internal.durable;

import java.util.Arrays;

/**
 * Where the messages of one source are in one segment: a sparse index. A run is a number of successive sequences that stand
 * in their order within {@value #MAX_SPAN_BYTES} bytes, other records between them; only its first record has an entry, and
 * whoever wants another one reads on from there. Sorted by sequence. Memory grows with what comes out of order. One thread
 * changes it.
 */
final class Runs {

    /** A read that begins in the middle reads no more than this in vain. */
    static final int MAX_SPAN_BYTES = 64 << 10;

    private static final int INITIAL_CAPACITY = 4;

    private long[] firsts = new long[INITIAL_CAPACITY];
    private long[] lasts = new long[INITIAL_CAPACITY];
    private int[] offsets = new int[INITIAL_CAPACITY];
    private int size;

    /** The run that a message was added to last. */
    private int newest = -1;

    void add(long sequence, int offset) {
        if (newest >= 0 && lasts[newest] == sequence - 1 && offset - offsets[newest] <= MAX_SPAN_BYTES) {
            lasts[newest] = sequence;
            return;
        }
        int at = firstEndingAtOrAfter(sequence);
        makeRoomAt(at);
        firsts[at] = sequence;
        lasts[at] = sequence;
        offsets[at] = offset;
        newest = at;
    }

    private void makeRoomAt(int at) {
        if (size == firsts.length) {
            firsts = Arrays.copyOf(firsts, 2 * size);
            lasts = Arrays.copyOf(lasts, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
        }
        System.arraycopy(firsts, at, firsts, at + 1, size - at);
        System.arraycopy(lasts, at, lasts, at + 1, size - at);
        System.arraycopy(offsets, at, offsets, at + 1, size - at);
        size++;
    }

    boolean contains(long sequence) {
        int at = firstEndingAtOrAfter(sequence);
        return at < size && firsts[at] <= sequence;
    }

    /** The first run that ends at a sequence or after it; {@link #size()} if there is none. */
    int firstEndingAtOrAfter(long sequence) {
        int found = Arrays.binarySearch(lasts, 0, size, sequence);
        return found >= 0 ? found : -found - 1;
    }

    int size() {
        return size;
    }

    long first(int run) {
        return firsts[run];
    }

    long last(int run) {
        return lasts[run];
    }

    /** Where its first record begins. */
    int offset(int run) {
        return offsets[run];
    }

    Sequences sequences() {
        Sequences.Joiner all = new Sequences.Joiner();
        for (int run = 0; run < size; run++) {
            all.add(firsts[run], lasts[run]);
        }
        return all.joined();
    }
}
