package io.chaski.core.internal.protocol.edge;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import java.util.concurrent.TimeUnit;

/** Tells people when two nodes disagree about the time of day. Stateless. */
final class ClockSkew {

    /** Timestamps that differ by this much mislead people; certificates begin to fail soon after. */
    private static final long TOLERATED_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private ClockSkew() {}

    static void check(EdgeContext context, Edge edge, Hello hello) {
        long difference = hello.wallClockMillis() - context.wallClockMillis();
        if (Math.abs(difference) > TOLERATED_MILLIS) {
            context.outbox().emit(new NodeEvent.ClockSkew(edge.id(), difference));
        }
    }
}
