package io.chaski.core.internal.protocol.tree;

import java.util.Arrays;

/**
 * The sequence numbers of one source that have been received: everything up to a floor, and intervals above it. Exact,
 * in memory that grows with gaps and not with traffic. Confined to the node's event loop.
 *
 * <pre>
 *   1 ......... floor | gap | interval 0 | gap | interval 1
 * </pre>
 */
final class SeqSet {

    private static final long[] NONE = {};

    private long floor;
    private int count;
    private long[] from = NONE;
    private long[] to = NONE;

    /** When the gap in front of each interval was noticed. */
    private long[] sinceNanos = NONE;

    SeqSet(long floor) {
        this.floor = floor;
    }

    /** Everything up to here has been received or given up. */
    long floor() {
        return floor;
    }

    /** The largest number received. */
    long max() {
        return count == 0 ? floor : to[count - 1];
    }

    int intervals() {
        return count;
    }

    boolean contains(long seq) {
        if (seq <= floor) {
            return true;
        }
        int at = firstEndingAtOrAfter(seq);
        return at < count && from[at] <= seq;
    }

    /** Adds a number that is not contained. */
    void add(long seq, long nowNanos) {
        assert !contains(seq) : seq;
        if (seq == floor + 1) {
            floor = seq;
            absorbFirst();
            return;
        }
        int at = firstEndingAtOrAfter(seq);
        boolean touchesNext = at < count && from[at] == seq + 1;
        boolean touchesPrevious = at > 0 && to[at - 1] == seq - 1;
        if (touchesNext && touchesPrevious) {
            to[at - 1] = to[at];
            remove(at);
        } else if (touchesNext) {
            from[at] = seq;
        } else if (touchesPrevious) {
            to[at - 1] = seq;
        } else {
            insert(at, seq, at < count ? sinceNanos[at] : nowNanos);
        }
    }

    /** The last number of the first gap, 0 if there is none. */
    long gapEnd() {
        return count == 0 ? 0 : from[0] - 1;
    }

    /** When the first gap was noticed; meaningful only while there is one. */
    long gapSinceNanos() {
        return sinceNanos[0];
    }

    /** Counts the age of all gaps from now on. */
    void restartGaps(long nowNanos) {
        Arrays.fill(sinceNanos, 0, count, nowNanos);
    }

    /** Gives up the first gap up to {@code newFloor}, which lies in it. */
    void raiseFloor(long newFloor) {
        assert newFloor > floor && newFloor <= gapEnd() : newFloor;
        floor = newFloor;
        absorbFirst();
    }

    /** The smallest number from {@code atLeast} on that is not contained. */
    long nextMissing(long atLeast) {
        if (atLeast <= floor) {
            return nextMissing(floor + 1);
        }
        int at = firstEndingAtOrAfter(atLeast);
        // Neighbouring intervals never touch, so the number behind one is always missing.
        return at < count && from[at] <= atLeast ? to[at] + 1 : atLeast;
    }

    /** The last number of the run of missing ones that {@code missing} belongs to; open behind the last interval. */
    long missingUntil(long missing) {
        int at = firstEndingAtOrAfter(missing);
        return at < count ? from[at] - 1 : Long.MAX_VALUE;
    }

    private void absorbFirst() {
        if (count > 0 && from[0] == floor + 1) {
            floor = to[0];
            remove(0);
        }
    }

    private int firstEndingAtOrAfter(long seq) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (to[middle] < seq) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void insert(int at, long seq, long since) {
        if (count == from.length) {
            int larger = Math.max(4, 2 * count);
            from = Arrays.copyOf(from, larger);
            to = Arrays.copyOf(to, larger);
            sinceNanos = Arrays.copyOf(sinceNanos, larger);
        }
        int moved = count - at;
        System.arraycopy(from, at, from, at + 1, moved);
        System.arraycopy(to, at, to, at + 1, moved);
        System.arraycopy(sinceNanos, at, sinceNanos, at + 1, moved);
        from[at] = seq;
        to[at] = seq;
        sinceNanos[at] = since;
        count++;
    }

    private void remove(int at) {
        int moved = count - at - 1;
        System.arraycopy(from, at + 1, from, at, moved);
        System.arraycopy(to, at + 1, to, at, moved);
        System.arraycopy(sinceNanos, at + 1, sinceNanos, at, moved);
        count--;
    }
}
