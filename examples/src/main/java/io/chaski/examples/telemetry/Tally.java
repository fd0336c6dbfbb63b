package io.chaski.examples.telemetry;

/**
 * What one receiver saw of one incarnation of one publisher on the shared topic. Not thread-safe.
 */
final class Tally {

    private long first;
    private long last;
    private long delivered;
    private long disordered;

    void onMessage(long sequence) {
        if (delivered == 0) {
            first = sequence;
        } else if (sequence <= last) {
            disordered++;
        }
        last = Math.max(last, sequence);
        delivered++;
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    long delivered() {
        return delivered;
    }

    /** Messages that came twice or after a later one; the library promises none. */
    long disordered() {
        return disordered;
    }
}
