package io.chaski.core;

/** What happens when a subscription's bounded queue is full. Each message given up is counted and reported. */
public enum OverflowPolicy {
    /** The oldest queued message is given up: what arrives is fresh. The default of {@link ChaskiNode#subscribe}. */
    DROP_OLDEST,
    /** The arriving message is given up: what was queued first is delivered first. */
    DROP_NEWEST,
    /** The subscription ends with {@link QueueOverflowException}: for those who would rather stop than miss one. */
    FAIL,
    /**
     * Nothing is given up: publishers wait. Credit travels from the subscriber over all nodes between to the publishers,
     * whose {@code publish} waits at most {@link MessageOptions#slowConsumerTimeout}; a subscriber that takes nothing for so
     * long is cut off, so that the others go on, and hears of it ({@link NodeEvent.CutOff}). The queue may hold more than
     * its bounds by what was granted before: 1 MiB for each neighbour that keeps to its credit, and 16 MiB more of one
     * that does not. What a slow subscriber is owed waits in caches that all topics of a node share; without room there,
     * it misses messages and sees gaps.
     */
    BLOCK
}
