package io.chaski.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link PulledSubscription} gives, in the order in which it came: a message, or word of messages that will not
 * come. Immutable.
 *
 * @param <T> type of the payloads
 */
public sealed interface Delivery<T extends @Nullable Object> {

    /**
     * A message.
     *
     * @param message what was published
     * @param <T> type of the payload
     */
    record Received<T extends @Nullable Object>(Message<T> message) implements Delivery<T> {
        /** Checks that there is one. */
        public Received {
            Objects.requireNonNull(message, "message");
        }
    }

    /**
     * Messages that could not be repaired in time.
     *
     * @param gap which
     * @param <T> type of the payloads of the others
     */
    record Missed<T extends @Nullable Object>(NodeEvent.Gap gap) implements Delivery<T> {
        /** Checks that there is one. */
        public Missed {
            Objects.requireNonNull(gap, "gap");
        }
    }

    /**
     * Messages that the full queue of this subscription gave up by its rule.
     *
     * @param messages how many since the last word of this kind, 1 or more
     * @param <T> type of the payloads of the others
     */
    record Dropped<T extends @Nullable Object>(long messages) implements Delivery<T> {
        /** Checks the range. */
        public Dropped {
            if (messages < 1) {
                throw new IllegalArgumentException("nothing was dropped: " + messages);
            }
        }
    }
}
