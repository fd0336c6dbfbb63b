package io.chaski.core.internal.module;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.PulledSubscription;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Messages of topics as they travel, envelope and payload in one piece: for modules that keep them, and hand them out again
 * later. A proof of origin is not part of that piece. Thread-safe.
 */
public interface ModuleMessages {

    /** A message that is encoded and has no number yet. Immutable. */
    final class Encoded {
        private final HybridTimestamp timestamp;
        private final byte[] body;

        /**
         * A message.
         *
         * @param timestamp when it was made
         * @param body envelope and payload; not to be changed afterwards
         */
        public Encoded(HybridTimestamp timestamp, byte[] body) {
            this.timestamp = Objects.requireNonNull(timestamp, "timestamp");
            this.body = Objects.requireNonNull(body, "body");
        }

        /** When it was made, by the hybrid logical clock of the node. */
        public HybridTimestamp timestamp() {
            return timestamp;
        }

        /** Envelope and payload, not to be changed. */
        public byte[] body() {
            return body;
        }
    }

    /**
     * What became of a message.
     *
     * @param receipt as for everybody who publishes
     * @param epoch incarnation of this node that published it: with the sequence of the receipt, and the node, it says which
     *     message it is; 0 if it was rejected
     */
    record Published(Receipt receipt, long epoch) {
        /** Checks that there is one. */
        public Published {
            Objects.requireNonNull(receipt, "receipt");
        }
    }

    /**
     * Subscribes to messages of any content type.
     *
     * @param topic whose name and properties count, not its type
     * @param options as for everybody who takes messages; not {@link io.chaski.core.Dispatch#INLINE}
     * @return messages whose payload is envelope and payload as they came; all else in them was read from the envelope
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws io.chaski.core.ConfigurationException if the topic is signed and the node has no identity
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not subscribe to it
     */
    PulledSubscription<byte[]> pull(Topic<?> topic, SubscribeOptions options);

    /**
     * Encodes a message, and gives it a time.
     *
     * @param topic what it is for
     * @param payload what it says
     * @param options its key and headers
     * @return empty if it is larger than messages of this node may be
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws io.chaski.core.codec.CodecException if the payload cannot be encoded
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not publish on the topic
     */
    <T extends @Nullable Object> Optional<Encoded> encode(Topic<T> topic, T payload, PublishOptions options);

    /**
     * Publishes what was encoded.
     *
     * @param topic what it was encoded for
     * @param message what {@link #encode} gave; publishing it twice makes two messages
     * @param options its patience and hop limit
     * @return completes when the message has its number, or was rejected; fails with {@link IllegalStateException} if it could not
     *     be signed, or by a bug: whether it has a number, and whether anybody gets it, is unknown then
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws io.chaski.core.ConfigurationException if the topic is signed and the node has no identity
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not publish on the topic now
     */
    CompletableFuture<Published> publish(Topic<?> topic, Encoded message, PublishOptions options);

    /**
     * Reads a message that was kept.
     *
     * @param topic what its payload is
     * @param origin who has published it
     * @param epoch in which incarnation
     * @param sequence its number
     * @param body envelope and payload
     * @return a message that has crossed no edges, and whose origin is the word of who kept it
     * @throws io.chaski.core.codec.CodecException if the envelope or the payload cannot be read, whatever the codec throws
     */
    <T extends @Nullable Object> Message<T> read(Topic<T> topic, NodeId origin, long epoch, long sequence, byte[] body);

    /**
     * When a message that was kept was made, as its envelope says.
     *
     * @param body envelope and payload
     * @throws io.chaski.core.codec.CodecException if the envelope cannot be read; the payload is not looked at
     */
    HybridTimestamp timestamp(byte[] body);

    /** A time later than any that this node has made or seen, by its hybrid logical clock. */
    HybridTimestamp now();

    /**
     * Takes notice of a time that came otherwise than with a message of a topic.
     *
     * @param timestamp somebody else's
     * @return false if it is more than five minutes ahead of this machine, and was not believed
     */
    boolean observe(HybridTimestamp timestamp);
}
