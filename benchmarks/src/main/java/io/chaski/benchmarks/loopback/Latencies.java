package io.chaski.benchmarks.loopback;

import java.util.Arrays;

/** Times of single operations, all of them kept, so that percentiles are exact. Confined to one thread. */
final class Latencies {

    /** 16 MiB, and ten seconds of the fastest round trips. */
    static final int MOST = 1 << 21;

    private final long[] nanos = new long[MOST];
    private int count;

    void add(long operationNanos) {
        nanos[count++] = operationNanos;
    }

    boolean isFull() {
        return count == MOST;
    }

    void clear() {
        count = 0;
    }

    /**
     * The time within which a share of the operations ended, in nanoseconds; 0 if there were none.
     *
     * @param share above 0, at most 1
     */
    long percentile(double share) {
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * count) - 1];
    }
}
