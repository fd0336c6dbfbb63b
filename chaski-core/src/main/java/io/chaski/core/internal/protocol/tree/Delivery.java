package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.PayloadView;

/**
 * The way from the logs of one topic to the application, what it has come to, and what all logs hold back together.
 * Confined to the node's event loop.
 */
final class Delivery {

    final ProtocolContext context;
    final TreeSettings settings;
    private long delivered;
    private long missing;
    private long heldBytes;

    Delivery(ProtocolContext context, TreeSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    void deliver(Source source, long seq, int hop, PayloadView body) {
        delivered++;
        context.outbox().deliver(source, seq, hop, body);
    }

    void gap(Source source, long from, long to) {
        missing += to - from + 1;
        context.outbox().gap(source, from, to);
    }

    void onHeld(long bytes) {
        heldBytes += bytes;
    }

    /** Whether the logs together hold back more than they may. */
    boolean isOverfull() {
        return heldBytes > settings.heldBytesOfTopic();
    }

    long delivered() {
        return delivered;
    }

    /** Messages reported as gaps. */
    long missing() {
        return missing;
    }

    long heldBytes() {
        return heldBytes;
    }
}
