package io.chaski.streamer;

import io.chaski.core.Message;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What comes in the order of the history. Immutable as far as the payload is.
 *
 * @param message what was published. It has crossed no edges as far as this says, and its origin is the word of the keeper
 * @param late whether something that comes behind it in the history was delivered already: it was received more than the delay
 *     after that, or there were more messages to be held back than there is room for
 * @param <T> type of the payload
 */
public record OrderedMessage<T extends @Nullable Object>(Message<T> message, boolean late) {

    /** Checks that there is one. */
    public OrderedMessage {
        Objects.requireNonNull(message, "message");
    }

    /** What was published. */
    public T payload() {
        return message.payload();
    }
}
