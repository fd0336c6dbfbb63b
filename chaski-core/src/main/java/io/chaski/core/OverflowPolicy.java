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
     * Publishers wait. Comes with a later version; {@link SubscribeOptions} refuses it.
     */
    BLOCK
}
