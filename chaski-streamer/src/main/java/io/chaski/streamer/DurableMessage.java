package io.chaski.streamer;

import io.chaski.core.Message;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a durable subscriber receives. Immutable as far as the payload is.
 *
 * @param message what was published. It has crossed no edges as far as this says, and its origin is the word of the keeper
 * @param redelivered whether the subscriber may have received it before, and did not get to say that it was done: its handler
 *     failed, or its process was killed
 * @param <T> type of the payload
 */
public record DurableMessage<T extends @Nullable Object>(Message<T> message, boolean redelivered) {

    /** Checks that there is one. */
    public DurableMessage {
        Objects.requireNonNull(message, "message");
    }

    /** What was published. */
    public T payload() {
        return message.payload();
    }
}
