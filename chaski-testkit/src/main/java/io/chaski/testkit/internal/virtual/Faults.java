package io.chaski.testkit.internal.virtual;

/**
 * What is wrong with the path from one machine to another. Everything may change while a simulation runs and applies
 * to what is sent, or for {@link #block} what arrives, from then on. Confined to the simulation's thread.
 */
public final class Faults {

    private static final long OF_THE_NETWORK = -1;

    long latencyNanos = OF_THE_NETWORK;
    long jitterNanos;
    double drop;
    double duplicate;
    double spike;
    long spikeNanos;
    long reorderNanos;
    boolean blocked;
    long bytesPerSecond;

    /** Delay one way instead of the network's own for this pair. */
    public void latency(long nanos) {
        latencyNanos = nanos;
    }

    /** Largest additional delay of a frame or a datagram, drawn for each; frames of a connection stay in order. */
    public void jitter(long atMostNanos) {
        jitterNanos = atMostNanos;
    }

    /** Chance that a frame or a datagram is lost. */
    public void drop(double probability) {
        drop = probability;
    }

    /** Chance that a frame or a datagram arrives twice. */
    public void duplicate(double probability) {
        duplicate = probability;
    }

    /** Chance that a frame or a datagram is delayed; what follows on a connection waits with it. */
    public void spikes(double probability, long nanos) {
        spike = probability;
        spikeNanos = nanos;
    }

    /** Largest additional delay of a datagram, drawn for each, so that they overtake one another. */
    public void reorder(long atMostNanos) {
        reorderNanos = atMostNanos;
    }

    /** Whether nothing arrives: datagrams are lost, what connections carry waits. */
    public void block(boolean block) {
        blocked = block;
    }

    /** Bytes a second that one connection carries, 0 for no limit. */
    public void bandwidth(long bytes) {
        bytesPerSecond = bytes;
    }
}
