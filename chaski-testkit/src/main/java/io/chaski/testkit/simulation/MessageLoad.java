package io.chaski.testkit.simulation;

import java.time.Duration;

/** What the messages of a whole run took, on all topics together. Confined to the simulation's thread. */
final class MessageLoad {

    private long frames;
    private long deliveries;
    private int lastHop;
    private Duration last = Duration.ZERO;

    void onFrame() {
        frames++;
    }

    /**
     * A node delivers a message to its application, or to the queue in front of it.
     *
     * @param hop of the message
     * @param sinceSent time since it was published
     */
    void onDelivered(int hop, Duration sinceSent) {
        deliveries++;
        lastHop = Math.max(lastHop, hop);
        if (sinceSent.compareTo(last) > 0) {
            last = sinceSent;
        }
    }

    /** Messages that have arrived, duplicates included. */
    long frames() {
        return frames;
    }

    /** Whether anything was delivered. */
    boolean isKnown() {
        return deliveries > 0;
    }

    /** Messages that have arrived for each that was delivered, minus one. */
    double redundancy() {
        return frames / (double) deliveries - 1;
    }

    /** Largest hop of a delivery. */
    int lastHop() {
        return lastHop;
    }

    /** Longest time from publishing to a delivery. */
    Duration last() {
        return last;
    }
}
