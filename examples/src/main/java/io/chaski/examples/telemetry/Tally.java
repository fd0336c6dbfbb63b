package io.chaski.examples.telemetry;

import java.util.ArrayList;
import java.util.List;

/**
 * What one receiver saw of one incarnation of one publisher on one topic. Not thread-safe.
 */
final class Tally {

    private final List<Hole> holes = new ArrayList<>();
    private long first;
    private long last;
    private long disordered;

    /** Messages that were skipped: order is promised, so they cannot come any more. */
    record Hole(long from, long to) {
        @Override
        public String toString() {
            return from + "-" + to;
        }
    }

    void onMessage(long sequence) {
        if (first == 0) {
            first = sequence;
        } else if (sequence <= last) {
            disordered++;
        } else if (sequence > last + 1) {
            holes.add(new Hole(last + 1, sequence - 1));
        }
        last = Math.max(last, sequence);
    }

    /** Its number, 1 or more; 0 before there was one. */
    long first() {
        return first;
    }

    /** The highest number so far; 0 before there was one. */
    long last() {
        return last;
    }

    /** What is missing between the first and the last one, in order. */
    List<Hole> holes() {
        return List.copyOf(holes);
    }

    /** Messages that came twice or after a later one; the library promises none. */
    long disordered() {
        return disordered;
    }
}
