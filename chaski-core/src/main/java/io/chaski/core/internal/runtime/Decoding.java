package io.chaski.core.internal.runtime;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.PayloadCodec;
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

    private final Topic<T> topic;
    private final SubscriptionContext context;

    Decoding(Topic<T> topic, SubscriptionContext context) {
        this.topic = topic;
        this.context = context;
    }

    /**
     * The message, or null if it cannot be read; then the event has been sent.
     *
     * @param delivery as it arrived
     */
    @Nullable
    Message<T> decode(Incoming.Delivery delivery) {
        try {
            MessageBody body = MessageBody.decode(delivery.body());
            noticeTime(delivery.source().origin(), body.timestamp());
            return new Message<>(
                    topic.name(),
                    delivery.source().origin(),
                    body.originName(),
                    delivery.source().epoch(),
                    delivery.sequence(),
                    HybridTimestamp.ofPacked(body.timestamp()),
                    Optional.ofNullable(body.key()),
                    body.headers(),
                    body.contentType(),
                    delivery.hops(),
                    delivery.isProved(),
                    payload(body));
        } catch (CodecException | ProtocolException unreadable) {
            report(delivery, String.valueOf(unreadable.getMessage()));
        } catch (RuntimeException | Error bug) {
            // A codec that does not keep to its contract, or a payload type that fails while it is made: both are the
            // application's, and neither may end the callbacks of this subscription or, with INLINE, the edge.
            report(delivery, "the codec failed: " + bug.getClass().getName());
        }
        return null;
    }

    // The codec gives null only where null was published, which a topic of such payloads says in its type.
    @SuppressWarnings({"unchecked", "NullAway"})
    private T payload(MessageBody body) {
        PayloadCodec codec = context.codecs().find(body.contentType());
        if (codec == null) {
            throw new CodecException("no codec for the content type of this message");
        }
        return (T) codec.decode(body.payload().toByteArray(), topic.type());
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
                .emit(new NodeEvent.DecodeFailed(topic.name(), delivery.source().origin(), fitting));
    }
}
