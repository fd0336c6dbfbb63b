package io.chaski.core.internal.protocol.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs of messages in the order in which they were added, merged where they touch. Holds at most as many runs as one
 * frame may carry. Confined to the node's event loop.
 */
final class AdvertBatch {

    /** How many of the last runs are looked at for one to extend: some publishers take turns, hundreds do not. */
    private static final int LOOK_BACK = 8;

    private final int maxRuns;
    private @Nullable OriginLog[] logs = new OriginLog[4];
    private long[] from = new long[4];
    private long[] to = new long[4];
    private int[] minHops = new int[4];
    private int size;

    AdvertBatch(int maxRuns) {
        this.maxRuns = maxRuns;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == maxRuns;
    }

    /** The log of a run, or null if it has been dropped since. */
    @Nullable
    OriginLog log(int run) {
        OriginLog log = logs[run];
        return log == null || log.dropped ? null : log;
    }

    long from(int run) {
        return from[run];
    }

    long to(int run) {
        return to[run];
    }

    int minHop(int run) {
        return minHops[run];
    }

    /** Adds a message. The batch must not be full. */
    void add(OriginLog log, long seq, int hop) {
        add(log, seq, seq, hop);
    }

    /** Adds a run. The batch must not be full. */
    void add(OriginLog log, long first, long last, int hop) {
        for (int run = size - 1; run >= 0 && run >= size - LOOK_BACK; run--) {
            if (logs[run] == log && to[run] + 1 == first) {
                to[run] = last;
                minHops[run] = Math.min(minHops[run], hop);
                return;
            }
        }
        assert !isFull() : maxRuns;
        if (size == logs.length) {
            int larger = Math.min(maxRuns, 2 * size);
            logs = Arrays.copyOf(logs, larger);
            from = Arrays.copyOf(from, larger);
            to = Arrays.copyOf(to, larger);
            minHops = Arrays.copyOf(minHops, larger);
        }
        logs[size] = log;
        from[size] = first;
        to[size] = last;
        minHops[size++] = hop;
    }

    /** Forgets the runs before {@code run}, and of that run what comes before {@code seq}. */
    void dropBefore(int run, long seq) {
        int left = size - run;
        System.arraycopy(logs, run, logs, 0, left);
        System.arraycopy(from, run, from, 0, left);
        System.arraycopy(to, run, to, 0, left);
        System.arraycopy(minHops, run, minHops, 0, left);
        Arrays.fill(logs, left, size, null);
        size = left;
        from[0] = seq;
    }

    void clear() {
        Arrays.fill(logs, 0, size, null);
        size = 0;
    }
}
