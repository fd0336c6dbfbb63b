package io.chaski.streamer.internal.durable;

import io.chaski.core.HybridTimestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages of one segment in the order of {@link HistoryPosition}: 24 bytes for each, in arrays. They come almost in
 * this order, so a new one is put near the end. One thread changes it.
 */
final class OrderIndex {

    private static final int INITIAL_CAPACITY = 16;

    private final List<Source> sources = new ArrayList<>();
    private final Map<Source, Integer> numbers = new HashMap<>();
    private long[] timestamps = new long[INITIAL_CAPACITY]; // packed
    private int[] sourceNumbers = new int[INITIAL_CAPACITY];
    private long[] sequences = new long[INITIAL_CAPACITY];
    private int[] offsets = new int[INITIAL_CAPACITY];
    private int size;

    void add(KeptMessage message, int offset) {
        int at = firstAfter(message.position());
        makeRoomAt(at);
        timestamps[at] = message.timestamp().packed();
        sourceNumbers[at] = numbers.computeIfAbsent(message.source(), this::number);
        sequences[at] = message.sequence();
        offsets[at] = offset;
    }

    private int number(Source source) {
        sources.add(source);
        return sources.size() - 1;
    }

    private void makeRoomAt(int at) {
        if (size == timestamps.length) {
            timestamps = Arrays.copyOf(timestamps, 2 * size);
            sourceNumbers = Arrays.copyOf(sourceNumbers, 2 * size);
            sequences = Arrays.copyOf(sequences, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
        }
        System.arraycopy(timestamps, at, timestamps, at + 1, size - at);
        System.arraycopy(sourceNumbers, at, sourceNumbers, at + 1, size - at);
        System.arraycopy(sequences, at, sequences, at + 1, size - at);
        System.arraycopy(offsets, at, offsets, at + 1, size - at);
        size++;
    }

    int size() {
        return size;
    }

    /** The first message after a place; {@link #size()} if there is none. */
    int firstAfter(HistoryPosition place) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position(middle).compareTo(place) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    HistoryPosition position(int message) {
        return new HistoryPosition(
                HybridTimestamp.ofPacked(timestamps[message]), sources.get(sourceNumbers[message]), sequences[message]);
    }

    /** Where its record begins. */
    int offset(int message) {
        return offsets[message];
    }
}
