package io.chaski.testkit.simulation;

import io.chaski.testkit.internal.virtual.Faults;
import io.chaski.testkit.internal.virtual.Machine;
import io.chaski.testkit.internal.virtual.VirtualNetwork;
import java.time.Duration;

/**
 * The path from one node to another, in this direction only, and what is wrong with it. Settings apply to what is
 * sent from then on; each returns this link for more of them. Confined to the simulation's thread.
 */
public final class SimulatedLink {

    private final VirtualNetwork network;
    private final Machine from;
    private final Machine to;

    SimulatedLink(VirtualNetwork network, Machine from, Machine to) {
        this.network = network;
        this.from = from;
        this.to = to;
    }

    /**
     * Sets the delay of everything.
     *
     * @param oneWay 0 or more
     */
    public SimulatedLink latency(Duration oneWay) {
        faults("latency " + oneWay).latency(notNegative(oneWay));
        return this;
    }

    /**
     * Loses frames and datagrams. Handshakes, names and goodbyes are spared: a connection that lost them without
     * ending would not be one.
     *
     * @param probability 0 to 1, of each
     */
    public SimulatedLink drop(double probability) {
        faults("drop " + probability).drop(probability(probability));
        return this;
    }

    /**
     * Delivers frames and datagrams twice, with the exceptions of {@link #drop}.
     *
     * @param probability 0 to 1, of each
     */
    public SimulatedLink duplicate(double probability) {
        faults("duplicate " + probability).duplicate(probability(probability));
        return this;
    }

    /**
     * Delays single frames and datagrams. On a connection, everything behind such a frame waits with it.
     *
     * @param probability 0 to 1, of each
     * @param delay what is added
     */
    public SimulatedLink spikes(double probability, Duration delay) {
        faults("spikes " + probability + " " + delay).spikes(probability(probability), notNegative(delay));
        return this;
    }

    /**
     * Lets datagrams overtake one another. Frames never do.
     *
     * @param atMost largest additional delay, drawn for each datagram
     */
    public SimulatedLink reorderDatagrams(Duration atMost) {
        faults("reorder " + atMost).reorder(notNegative(atMost));
        return this;
    }

    /**
     * Limits what a connection carries; more is queued, and the sender learns that it is not writable.
     *
     * @param bytesPerSecond 1 or more, or 0 for no limit
     */
    public SimulatedLink bandwidth(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond: " + bytesPerSecond);
        }
        faults("bandwidth " + bytesPerSecond).bandwidth(bytesPerSecond);
        return this;
    }

    /** Stops everything in this direction: datagrams are lost, what connections carry waits. */
    public SimulatedLink block() {
        faults("block").block(true);
        return this;
    }

    /** Ends {@link #block}; what waited goes on. */
    public SimulatedLink unblock() {
        faults("unblock").block(false);
        network.releaseHeld();
        return this;
    }

    /** Ends everything that was set on this link. */
    public void clear() {
        trace("clear");
        network.clearFaults(from, to);
        network.releaseHeld();
    }

    private Faults faults(String change) {
        trace(change);
        return network.faultsOf(from, to);
    }

    private void trace(String change) {
        network.trace("link " + from.index() + " " + to.index() + " " + change);
    }

    private static double probability(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("a probability is from 0 to 1: " + value);
        }
        return value;
    }

    private static long notNegative(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a delay is not negative: " + duration);
        }
        return duration.toNanos();
    }
}
