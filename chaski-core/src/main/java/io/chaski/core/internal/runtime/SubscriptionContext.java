package io.chaski.core.internal.runtime;

import io.chaski.core.codec.CodecRegistry;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all subscriptions of one node share. Thread-safe.
 *
 * @param nodeName label of the node
 * @param loop the node's event loop
 * @param callbacks where handlers run
 * @param events where failures are reported
 * @param codecs how payloads are decoded
 * @param clock takes notice of the timestamps of others
 * @param clockSkews keeps reports of wrong clocks apart
 * @param counts sums for the snapshot
 */
record SubscriptionContext(
        String nodeName,
        NodeLoop loop,
        Callbacks callbacks,
        EventBus events,
        CodecRegistry codecs,
        HybridClock clock,
        Pace clockSkews,
        Counts counts) {

    /** Over all subscriptions, those that have ended included. */
    static final class Counts {
        final LongAdder dropped = new LongAdder();
        final LongAdder undecodable = new LongAdder();
    }
}
