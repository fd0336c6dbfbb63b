package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;

/** What waits in the queue of a subscription, in the order in which the loop handed it over. Immutable. */
sealed interface Incoming {

    /** Bytes it counts for. */
    int sizeBytes();

    /** How many messages a subscriber misses if this is given up. */
    long messages();

    /**
     * A message, still encoded; shared by all subscriptions of its topic.
     *
     * @param source whose
     * @param sequence its number
     * @param hops edges it crossed
     * @param isProved whether it is known to be its publisher's own
     * @param body envelope and payload
     */
    record Delivery(Source source, long sequence, int hops, boolean isProved, ArrayPayload body) implements Incoming {

        /** The objects around a body; so a million empty messages do not count as nothing. */
        private static final int OVERHEAD_BYTES = 64;

        @Override
        public int sizeBytes() {
            return body.size() + OVERHEAD_BYTES;
        }

        @Override
        public long messages() {
            return 1;
        }
    }

    /**
     * Messages that will not come.
     *
     * @param gap which
     */
    record Missing(NodeEvent.Gap gap) implements Incoming {

        private static final int SIZE_BYTES = 64;

        @Override
        public int sizeBytes() {
            return SIZE_BYTES;
        }

        /** A notice that is given up turns into as many drops, so that no missing message goes unreported. */
        @Override
        public long messages() {
            return gap.count();
        }
    }
}
