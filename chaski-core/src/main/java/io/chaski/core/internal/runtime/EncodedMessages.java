package io.chaski.core.internal.runtime;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.PulledSubscription;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecException;
import io.chaski.core.internal.module.ModuleMessages;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageBody;
import io.chaski.core.internal.wire.ProtocolException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Messages as they travel, for modules. Thread-safe. */
final class EncodedMessages implements ModuleMessages {

    private final Subscribing subscribing;
    private final Publications publications;

    EncodedMessages(Subscribing subscribing, Publications publications) {
        this.subscribing = subscribing;
        this.publications = publications;
    }

    @Override
    public PulledSubscription<byte[]> pull(Topic<?> topic, SubscribeOptions options) {
        return subscribing.pullAsTheyTravel(topic, options);
    }

    @Override
    public <T extends @Nullable Object> Optional<Encoded> encode(Topic<T> topic, T payload, PublishOptions options) {
        return Optional.ofNullable(publications.encode(topic, payload, options))
                .map(body -> new Encoded(
                        HybridTimestamp.ofPacked(MessageBody.decode(body).timestamp()), body.toByteArray()));
    }

    @Override
    public CompletableFuture<Published> publish(Topic<?> topic, Encoded message, PublishOptions options) {
        return publications.publishEncoded(topic, ArrayPayload.owning(message.body()), options);
    }

    @Override
    public <T extends @Nullable Object> Message<T> read(
            Topic<T> topic, NodeId origin, long epoch, long sequence, byte[] bytes) {
        MessageBody body = decode(bytes);
        return Decoding.message(topic.name(), origin, epoch, sequence, 0, false, body, payload(topic, body));
    }

    /** Whatever a codec throws, the application's perhaps, it is this message that cannot be read. */
    private <T extends @Nullable Object> T payload(Topic<T> topic, MessageBody body) {
        try {
            return Decoding.payload(topic, body, subscribing.context().codecs());
        } catch (CodecException unreadable) {
            throw unreadable;
        } catch (RuntimeException | Error bug) {
            throw new CodecException("the codec failed: " + bug.getClass().getName(), bug);
        }
    }

    @Override
    public HybridTimestamp timestamp(byte[] body) {
        return HybridTimestamp.ofPacked(decode(body).timestamp());
    }

    private static MessageBody decode(byte[] bytes) {
        try {
            return MessageBody.decode(ArrayPayload.owning(bytes));
        } catch (ProtocolException malformed) {
            throw new CodecException("not the envelope of a message", malformed);
        }
    }

    @Override
    public HybridTimestamp now() {
        return HybridTimestamp.ofPacked(subscribing.context().clock().next());
    }

    @Override
    public boolean observe(HybridTimestamp timestamp) {
        return subscribing.context().clock().observe(timestamp.packed()) <= HybridClock.MAX_DRIFT.toMillis();
    }
}
