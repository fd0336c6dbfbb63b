package io.chaski.core.internal.runtime;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Label;
import io.chaski.core.internal.wire.MessageBody;
import io.chaski.core.internal.wire.ProtocolException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of what arrived for one subscription. What cannot be read is an event and is skipped: its publisher
 * may be a newer version of the program, or use the name for something else. Thread-safe.
 *
 * @param <T> type of the payloads
 */
final class Decoding<T extends @Nullable Object> {

    /** As announced in {@link NodeEvent.DecodeFailed}. */
    private static final int MAX_DETAIL_LENGTH = 256;

    /** More publishers than most topics have; a power of two. */
    private static final int PLACES = 16;

    private final String topic;
    private final Payloads<T> payloads;
    private final SubscriptionContext context;

    /**
     * The label of the last message of each publisher, or of another one with the same place: what is expected of the next. Two threads
     * at once may lose the one or the other, and no more.
     */
    private final @Nullable Label[] labels = new Label[PLACES];

    /**
     * Makes the payload of a message.
     *
     * @param <T> type of the payloads
     */
    @FunctionalInterface
    private interface Payloads<T extends @Nullable Object> {
        /**
         * Its payload.
         *
         * @param body envelope and payload, read
         * @param whole the same as it came
         */
        T payload(MessageBody body, ArrayPayload whole);
    }

    private Decoding(String topic, Payloads<T> payloads, SubscriptionContext context) {
        this.topic = topic;
        this.payloads = payloads;
        this.context = context;
    }

    /** Reads payloads with the codec that their content type names. */
    static <T extends @Nullable Object> Decoding<T> of(Topic<T> topic, SubscriptionContext context) {
        context.codecs().prepare(topic.contentType());
        return new Decoding<>(topic.name(), (body, whole) -> payload(topic, body, context.codecs()), context);
    }

    /** Gives envelope and payload as they came in the place of the payload. */
    static Decoding<byte[]> asTheyTravel(String topic, SubscriptionContext context) {
        return new Decoding<>(topic, (body, whole) -> whole.toByteArray(), context);
    }

    /**
     * The message, or null if it cannot be read; then the event has been sent.
     *
     * @param delivery as it arrived
     */
    @Nullable
    Message<T> decode(Incoming.Delivery delivery) {
        try {
            int place = delivery.source().origin().hashCode() & PLACES - 1;
            MessageBody body = MessageBody.decode(delivery.body(), labels[place]);
            labels[place] = body.label();
            noticeTime(delivery.source().origin(), body.timestamp());
            return message(delivery, body, payloads.payload(body, delivery.body()));
        } catch (CodecException | ProtocolException unreadable) {
            report(delivery, String.valueOf(unreadable.getMessage()));
        } catch (RuntimeException | Error bug) {
            // A codec that does not keep to its contract, or a payload type that fails while it is made: both are the
            // application's, and neither may end the callbacks of this subscription or, with INLINE, the edge.
            report(delivery, "the codec failed: " + bug.getClass().getName());
        }
        return null;
    }

    private Message<T> message(Incoming.Delivery delivery, MessageBody body, T payload) {
        Source source = delivery.source();
        return message(
                topic,
                source.origin(),
                source.epoch(),
                delivery.sequence(),
                delivery.hops(),
                delivery.isProved(),
                body,
                payload);
    }

    /** A message of an envelope, and what only those know who have brought it. */
    static <P extends @Nullable Object> Message<P> message(
            String topic,
            NodeId origin,
            long epoch,
            long sequence,
            int hops,
            boolean isProved,
            MessageBody body,
            P payload) {
        return new Message<>(
                topic,
                origin,
                body.label().text(),
                epoch,
                sequence,
                HybridTimestamp.ofPacked(body.timestamp()),
                Optional.ofNullable(body.key()),
                body.headers(),
                body.contentType(),
                hops,
                isProved,
                payload);
    }

    /**
     * Reads a payload.
     *
     * @throws CodecException if there is no codec for it, or it is not what the topic says
     */
    // The codec gives null only where null was published, which a topic of such payloads says in its type.
    @SuppressWarnings({"unchecked", "NullAway"})
    static <T extends @Nullable Object> T payload(Topic<T> topic, MessageBody body, CodecRegistry codecs) {
        PayloadCodec codec = codecs.find(body.contentType());
        if (codec == null) {
            throw new CodecException("no codec for the content type of this message");
        }
        return (T) body.payload().read((bytes, offset, length) -> codec.decode(bytes, offset, length, topic.type()));
    }

    private void noticeTime(NodeId origin, long timestamp) {
        long aheadMillis = context.clock().observe(timestamp);
        if (Math.abs(aheadMillis) > HybridClock.MAX_DRIFT.toMillis()
                && context.clockSkews().isDue(context.loop().nanoTime())) {
            context.events().emit(new NodeEvent.ClockSkew(origin, aheadMillis));
        }
    }

    private void report(Incoming.Delivery delivery, String detail) {
        String fitting = detail.length() <= MAX_DETAIL_LENGTH ? detail : detail.substring(0, MAX_DETAIL_LENGTH);
        context.events()
                .emit(new NodeEvent.DecodeFailed(topic, delivery.source().origin(), fitting));
    }
}
