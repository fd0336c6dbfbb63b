package io.chaski.core.internal.protocol.trust;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustFrame.Edition;

/**
 * A document that this node has. Immutable.
 *
 * @param edition which
 * @param document all of it
 * @param endsNanos when it ceases to be of use to others, on the node's monotonic clock: they would refuse it
 */
record Holding(Edition edition, ArrayPayload document, long endsNanos) {

    boolean isOfUse(long nowNanos) {
        return nowNanos - endsNanos < 0;
    }
}
