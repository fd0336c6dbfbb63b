package io.chaski.core;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber receives. Immutable as far as its payload is; two messages with the same origin, epoch and
 * sequence are the same message.
 *
 * @param topic name of the topic
 * @param origin who published it
 * @param originName label of the publisher when it published; may repeat among nodes
 * @param epoch incarnation of the publisher
 * @param sequence number among the messages of this publisher on this topic, counting from 1
 * @param timestamp when it was published, by the publisher's hybrid logical clock
 * @param key what it is about, if the publisher said so
 * @param headers small facts beside the payload, in the publisher's order
 * @param contentType how the payload was encoded
 * @param hops edges it crossed, counting from 1
 * @param originVerified whether {@code origin} is certain: the publisher's signature was checked ({@link Topic#signed}), or
 *     the publisher is the neighbour that sent the message here and has proved its identity. False means that it is the word
 *     of that neighbour, who may be trusted to pass messages on and could have made this one up; always so where nodes have no
 *     identities, and for messages of others on topics that are not signed
 * @param payload what was published
 * @param <T> type of the payload
 */
public record Message<T extends @Nullable Object>(
        String topic,
        NodeId origin,
        String originName,
        long epoch,
        long sequence,
        HybridTimestamp timestamp,
        Optional<String> key,
        Map<String, String> headers,
        String contentType,
        int hops,
        boolean originVerified,
        T payload) {

    /** Checks that nothing but the payload is missing. {@code headers} must not change afterwards. */
    public Message {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(originName, "originName");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(contentType, "contentType");
    }

    /** Prints which message it is, never what it says: payloads and keys do not belong into logs. */
    @Override
    public String toString() {
        return "Message[" + topic + " " + origin.shortForm() + "/" + epoch + "/" + sequence + ", hops " + hops + "]";
    }
}
