package io.chaski.streamer;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Delivery;
import io.chaski.core.Message;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.streamer.internal.durable.LogTopicStore;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.durable.TopicStoreOptions;
import io.chaski.streamer.internal.keep.DurableNode;
import io.chaski.streamer.internal.stream.PulledStream;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueue;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Topics as bounded queues: publishers wait for readers, and readers loop, subscribe or are called.
 *
 * <!-- snippet: chaski-streamer/src/test/java/io/chaski/streamer/guide/StreamerGuideTest.java#loop -->
 * <pre>{@code
 * ChaskiStreamer streamer = ChaskiStreamer.on(node);
 * try (MessageStream<Reading> in = streamer.open(readings)) {
 *     for (Message<Reading> message : in) {
 *         store(message.payload());
 *     }
 * }
 * }</pre>
 *
 * <p>Thread-safe. A node may carry several streamers; closing the node closes every stream.
 */
public final class ChaskiStreamer implements AutoCloseable {

    private final ChaskiNode node;
    private final Set<TopicStream<?>> streams = ConcurrentHashMap.newKeySet();
    private final Set<WorkQueue<?, ?>> queues = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    private final Set<DurableTopic<?>> durableTopics = ConcurrentHashMap.newKeySet();

    /** Guarded by this. */
    private @Nullable DurableNode durable;

    private ChaskiStreamer(ChaskiNode node) {
        this.node = node;
    }

    /**
     * A streamer on a node.
     *
     * @param node one that runs
     */
    public static ChaskiStreamer on(ChaskiNode node) {
        return new ChaskiStreamer(Objects.requireNonNull(node, "node"));
    }

    /** The node below. */
    public ChaskiNode node() {
        return node;
    }

    /**
     * Subscribes, and queues the messages of a topic with {@link QueueOptions#DEFAULTS}.
     *
     * @param topic what to hear
     * @return as {@link #open(Topic, QueueOptions)}
     */
    public <T extends @Nullable Object> MessageStream<T> open(Topic<T> topic) {
        return open(topic, QueueOptions.DEFAULTS);
    }

    /**
     * Subscribes, and queues the messages of a topic.
     *
     * @param topic what to hear
     * @param options queue, overflow, filters
     * @return a stream of its own: several on one topic are independent, and each gets everything
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws IllegalStateException if the streamer is closed, or the node subscribes to 10,000 topics already
     */
    public <T extends @Nullable Object> MessageStream<T> open(Topic<T> topic, QueueOptions options) {
        final class Messages extends PulledStream<T, Message<T>> implements MessageStream<T> {
            Messages() {
                super(
                        node.pull(topic, options.toSubscribeOptions()),
                        delivery ->
                                delivery instanceof Delivery.Received<T> received && options.matches(received.message())
                                        ? received.message()
                                        : null,
                        node::nanoTime);
            }
        }
        return opened(new Messages());
    }

    /**
     * Subscribes, and queues the messages of a topic together with word of those that will not come: what could not be
     * repaired in time, in its place, and what was dropped, before what came next.
     *
     * @param topic what to hear
     * @param options queue, overflow, filters; word of missing messages passes every filter
     * @return as {@link #open(Topic, QueueOptions)}
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws IllegalStateException if the streamer is closed, or the node subscribes to 10,000 topics already
     */
    public <T extends @Nullable Object> TopicStream<Delivery<T>> openDeliveries(Topic<T> topic, QueueOptions options) {
        return opened(new PulledStream<T, Delivery<T>>(
                node.pull(topic, options.toSubscribeOptions()),
                delivery -> delivery instanceof Delivery.Received<T> received && !options.matches(received.message())
                        ? null
                        : delivery,
                node::nanoTime));
    }

    private <S extends TopicStream<?>> S opened(S stream) {
        streams.add(stream);
        var unused = stream.closed().whenComplete((nothing, failure) -> streams.remove(stream));
        if (isClosed) {
            stream.close();
            throw new IllegalStateException("the streamer is closed");
        }
        return stream;
    }

    /**
     * Publishes on a topic; needs no subscription and no closing.
     *
     * @param topic where
     */
    public <T extends @Nullable Object> TopicPublisher<T> publisher(Topic<T> topic) {
        return new TopicPublisher<>(node, topic, PublishOptions.NONE);
    }

    /**
     * Publishes one message: short for {@link TopicPublisher#publish}, waiting included.
     *
     * @param topic where
     * @param data what
     * @return what became of it
     */
    public <T extends @Nullable Object> Receipt push(Topic<T> topic, T data) {
        return publisher(topic).publish(data);
    }

    /**
     * Opens a work queue with {@link WorkQueueOptions#DEFAULTS}: in memory.
     *
     * @param type name, types and codec
     * @return as {@link #queue(QueueType, WorkQueueOptions)}
     */
    public <J, R extends @Nullable Object> WorkQueue<J, R> queue(QueueType<J, R> type) {
        return queue(type, WorkQueueOptions.DEFAULTS);
    }

    /**
     * Opens a work queue, to submit jobs to whoever works, or to work.
     *
     * @param type name, types and codec
     * @param options where jobs are kept, and how often they are tried
     * @return closes with this streamer, and with the node
     * @throws StorageException if the directory of the options cannot be used
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws IllegalStateException if the streamer is closed
     */
    public <J, R extends @Nullable Object> WorkQueue<J, R> queue(QueueType<J, R> type, WorkQueueOptions options) {
        WorkQueue<J, R> queue = WorkQueue.on(node, type, options);
        queues.add(queue);
        var unused = queue.closed().whenComplete((nothing, failure) -> queues.remove(queue));
        if (isClosed) {
            queue.close();
            throw new IllegalStateException("the streamer is closed");
        }
        return queue;
    }

    /**
     * Opens a topic whose messages are kept on disk by members that volunteer: to keep it, to publish so that it is known
     * when a message is kept, to subscribe under a name, to read its history.
     *
     * @param topic what; not a signed one, since the proofs of its messages would be lost
     * @param options what this node does with it
     * @return to be closed before the node
     * @throws IllegalArgumentException if the topic is signed
     * @throws IllegalStateException if the streamer is closed, another streamer of this node has durable topics, or this node
     *     keeps the topic already, or 512 of them
     * @throws TopicStoreException if the directory cannot be used
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not keep it: {@code durable.create}
     */
    public <T extends @Nullable Object> DurableTopic<T> durable(Topic<T> topic, DurableOptions options) {
        TopicStoreOptions defaults = TopicStoreOptions.DEFAULTS;
        return durable(
                topic,
                options,
                () -> LogTopicStore.open(
                        options.directory().orElseThrow(),
                        new TopicStoreOptions(
                                options.retention(),
                                defaults.freeSpaceFloorBytes(),
                                defaults.reserveBytes(),
                                defaults.environment())));
    }

    /** With another kind of store. */
    <T extends @Nullable Object> DurableTopic<T> durable(
            Topic<T> topic, DurableOptions options, Supplier<TopicStore> opener) {
        if (topic.signed()) {
            throw new IllegalArgumentException("signed topics cannot be kept: " + topic.name());
        }
        DurableTopic<T> opened =
                new DurableTopic<>(durable(), ModuleNode.of(node), topic, options, opener, durableTopics::remove);
        durableTopics.add(opened);
        if (isClosed) {
            opened.close();
            throw new IllegalStateException("the streamer is closed");
        }
        return opened;
    }

    private synchronized DurableNode durable() {
        if (isClosed) {
            throw new IllegalStateException("the streamer is closed");
        }
        DurableNode hub = durable;
        if (hub == null) {
            hub = DurableNode.on(node);
            durable = hub;
        }
        return hub;
    }

    /** Those that are open. */
    Set<DurableTopic<?>> durableTopics() {
        return Set.copyOf(durableTopics);
    }

    /**
     * What was refused on durable topics and why, and what was lost: names of a fixed set that begin with {@code durable.}, those
     * that are not zero.
     */
    public synchronized Map<String, Long> durableCounters() {
        DurableNode hub = durable;
        return hub == null ? Map.of() : hub.counts();
    }

    /** Closes all streams, work queues and durable topics, not the node. Does nothing when closed. */
    @Override
    public void close() {
        isClosed = true;
        streams.forEach(TopicStream::close);
        queues.forEach(WorkQueue::close);
        durableTopics.forEach(DurableTopic::close);
        DurableNode hub;
        synchronized (this) {
            hub = durable;
        }
        if (hub != null) {
            hub.close();
        }
    }
}
