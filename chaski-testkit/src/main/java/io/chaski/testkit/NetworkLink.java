package io.chaski.testkit;

import io.chaski.testkit.internal.host.Site;
import io.chaski.testkit.internal.host.World;
import io.chaski.testkit.internal.virtual.Faults;
import java.time.Duration;

/**
 * The path from one node to another, in this direction only, and what is wrong with it. Settings apply to what is sent
 * from then on; each returns this link for more of them. For {@link TimeMode#VIRTUAL}; with {@link TimeMode#LOOPBACK}
 * every setting throws {@link UnsupportedOperationException}. A value out of its range is refused with {@link
 * IllegalArgumentException}. Confined to the thread of the test.
 */
public final class NetworkLink {

    private final World world;
    private final Site from;
    private final Site to;
    private final EventLog log;
    private final String label;

    NetworkLink(World world, Site from, Site to, EventLog log, String label) {
        this.world = world;
        this.from = from;
        this.to = to;
        this.log = log;
        this.label = label;
    }

    /**
     * Sets the delay of everything. Without it, each pair of nodes has a delay of 10 to 100 ms that follows from the
     * seed.
     *
     * @param oneWay 0 or more
     */
    public NetworkLink latency(Duration oneWay) {
        faults("latency " + oneWay).latency(notNegative(oneWay));
        return this;
    }

    /**
     * Adds a delay to each frame and datagram. Frames of one connection do not overtake one another; datagrams may.
     *
     * @param atMost largest additional delay, drawn evenly from 0 on
     */
    public NetworkLink jitter(Duration atMost) {
        faults("jitter " + atMost).jitter(notNegative(atMost));
        return this;
    }

    /**
     * Loses frames and datagrams. This is harsher than an IP network, where TCP repairs; handshakes, names and goodbyes
     * are spared, because a connection that lost them without ending would not be one.
     *
     * @param probability 0 to 1, of each
     */
    public NetworkLink loss(double probability) {
        faults("loss " + probability).drop(probability(probability));
        return this;
    }

    /**
     * Delivers frames and datagrams twice, with the exceptions of {@link #loss}.
     *
     * @param probability 0 to 1, of each
     */
    public NetworkLink duplicates(double probability) {
        faults("duplicates " + probability).duplicate(probability(probability));
        return this;
    }

    /**
     * Limits what one connection carries; more is queued, and the sender learns that it is not writable.
     *
     * @param bytesPerSecond 1 or more, or 0 for no limit
     */
    public NetworkLink bandwidth(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond: " + bytesPerSecond);
        }
        faults("bandwidth " + bytesPerSecond).bandwidth(bytesPerSecond);
        return this;
    }

    /** Stops everything in this direction: datagrams are lost, what connections carry waits. */
    public NetworkLink blocked() {
        faults("blocked").block(true);
        return this;
    }

    /** Ends {@link #blocked}; what waited goes on. */
    public NetworkLink unblocked() {
        faults("unblocked").block(false);
        world.releaseHeld();
        return this;
    }

    /** Ends everything that was set on this link. */
    public void clear() {
        world.clearFaults(from, to);
        log.add(label, "cleared");
    }

    @Override
    public String toString() {
        return label;
    }

    private Faults faults(String setting) {
        Faults faults = world.faults(from, to);
        log.add(label, setting);
        return faults;
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
