package io.chaski.streamer;

import io.chaski.core.ChaskiNode;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Publishes on one topic, in three styles: {@link #publish} waits while subscribers take no more, {@link #offer} answers at
 * once, {@link #publishAsync} completes later. Immutable and thread-safe.
 *
 * @param <T> type of the payloads
 */
public final class TopicPublisher<T extends @Nullable Object> {

    private final ChaskiNode node;
    private final Topic<T> topic;
    private final PublishOptions options;
    private final PublishOptions atOnce;

    TopicPublisher(ChaskiNode node, Topic<T> topic, PublishOptions options) {
        this.node = node;
        this.topic = Objects.requireNonNull(topic, "topic");
        this.options = options;
        this.atOnce = new PublishOptions(
                options.key(), options.headers(), options.hopLimit(), options.live(), Optional.of(Duration.ZERO));
    }

    /** Where it publishes. */
    public Topic<T> topic() {
        return topic;
    }

    /**
     * Another publisher of the topic, whose messages have a key, headers, another hop limit, or that waits for nobody
     * ({@link PublishOptions.Builder#live()}). It costs as little as a message.
     *
     * @param other instead of all options of this one
     */
    public TopicPublisher<T> with(PublishOptions other) {
        return new TopicPublisher<>(node, topic, other);
    }

    /**
     * Publishes, and waits while subscribers take no more: at most the patience of the options, or the node's {@code
     * slowConsumerTimeout}. On an event loop it does not wait. In a handler it may wait for somebody who waits for this
     * handler, until the patience ends: use {@link #publishAsync} or {@link #subscriber} there.
     *
     * @param payload what; not looked at any more when this returns
     * @return what became of it; {@link Receipt#isRejected} if it was given up
     * @throws io.chaski.core.codec.CodecException if the payload cannot be encoded
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public Receipt publish(T payload) {
        return node.publish(topic, payload, options);
    }

    /**
     * Publishes if nobody has to be waited for.
     *
     * @param payload what; not looked at any more when this returns
     * @return {@link Receipt#isRejected} if it was given up, and nobody will ever see it
     * @throws io.chaski.core.codec.CodecException if the payload cannot be encoded
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public Receipt offer(T payload) {
        return node.publish(topic, payload, atOnce);
    }

    /**
     * Publishes as soon as subscribers take more. Messages that wait for them are kept in the node, in order, and are
     * bounded there: wait for the receipts now and then.
     *
     * @param payload what; not looked at any more when this returns
     * @return completes with exact numbers when the message has been handed to the connections, is owed to neighbours that
     *     take no more, or is given up
     * @throws io.chaski.core.codec.CodecException if the payload cannot be encoded
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public CompletableFuture<Receipt> publishAsync(T payload) {
        return node.publishAsync(topic, payload, options);
    }

    /** As {@link #offer}, with a receipt that comes when the message has left the node's queue, or at once if it is refused. */
    CompletableFuture<Receipt> offerAsync(T payload) {
        return node.publishAsync(topic, payload, atOnce);
    }

    /** Completes when something was refused that should be offered again, with false if it took longer than the patience. */
    CompletableFuture<Boolean> publishable() {
        return node.publishable(topic, options);
    }

    /**
     * A subscriber of Reactive Streams that publishes what it gets. Serves one subscription. What finds no room is kept and
     * offered again, until there has been none for the patience of the options, or the node's {@code slowConsumerTimeout}.
     */
    public PublishingSubscriber<T> subscriber() {
        return new PublishingSubscriber<>(this);
    }

    @Override
    public String toString() {
        return "publisher of " + topic;
    }
}
