package io.chaski.core;

import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.stream.NodeStreams;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A member of the mesh: it finds other nodes by the topics it shares with them, and talks to them.
 *
 * <!-- snippet: examples/src/test/java/io/chaski/examples/JavadocExamples.java#node -->
 * <pre>{@code
 * record Reading(String sensor, double celsius) {}
 * Topic<Reading> readings = Topic.of("sensors/temperature", Reading.class);
 *
 * try (ChaskiNode node =
 *         ChaskiNode.builder().name("mill-7").bootstrap("127.0.0.1:8511").start()) {
 *     Subscription subscription =
 *             node.subscribe(readings, m -> System.out.println(m.originName() + " " + m.payload()));
 *     subscription.awaitPaired(Duration.ofSeconds(10));
 *     node.publish(readings, new Reading("mill-7", 21.5));
 * }
 * }</pre>
 *
 * <p>Thread-safe. Callbacks and the dependents of futures run on the callback executor, never on the event loop unless
 * {@link Dispatch#INLINE} asks for it. Methods that wait say so; they can be interrupted, and they refuse to run on an
 * event loop, their own or that of another node, with {@link IllegalStateException}. All others, those that return a
 * future and those that close an edge or a subscription among them, never wait: they queue for the event loop. After the
 * node has closed, methods that would do something throw {@link NodeClosedException}; those that look show its last
 * state.
 */
public interface ChaskiNode extends AutoCloseable {

    /** How long {@link #close()} takes at most. */
    Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** How long {@link #discover(Topic, Introducer)} looks. */
    Duration DISCOVERY_LIMIT = Duration.ofSeconds(5);

    /** Describes a node to be started. */
    static NodeBuilder builder() {
        return new NodeBuilder();
    }

    // ---- who it is

    /** Its id. */
    NodeId id();

    /** Its label for people. */
    String name();

    /** Only nodes of one cluster talk. */
    String cluster();

    /**
     * Its incarnation: higher than that of every earlier run with the same id. It rises when others turn out to have
     * seen a higher one, see {@link NodeEvent.EpochRaised}.
     */
    long epoch();

    /** Where it can be reached, best first; ports are the ones taken. */
    List<Address> addresses();

    /** Who it is to others, and how to change what it proves that with while it runs. */
    NodeSecurity security();

    /** What this node and others may do, and how to follow another policy. */
    NodeAccess access();

    /** Stage of its life. */
    NodeSnapshot.State state();

    /**
     * The monotonic clock of the node ({@link Environment#nanoTime}), for code beside it that measures as it does, in the
     * virtual time of the test kit as well. Only differences mean something.
     */
    long nanoTime();

    // ---- edges

    /**
     * Makes an edge to whoever answers at the address, or returns the one there is, and keeps it: it is dialled again
     * when it is lost. An attempt ends after a few seconds; a first one that fails is not repeated. Fails with
     * {@link ConnectFailedException}, which says why. An edge to a node that has all the connections it may have may be
     * closed after three seconds, with {@link CloseReason#FULL}; it is then dialled again at growing intervals.
     *
     * @param address where to
     * @throws IllegalArgumentException if it is one of this node's own {@link #addresses()}
     */
    CompletableFuture<Edge> connect(Address address);

    /**
     * As {@link #connect(Address)}.
     *
     * @param address in any form that {@link Address#parse} reads
     */
    default CompletableFuture<Edge> connect(String address) {
        return connect(Address.parse(address));
    }

    /** The edges that stand, in the order they came up. */
    List<Edge> edges();

    /**
     * The edge to a node.
     *
     * @param peer the other node
     */
    Optional<Edge> edge(NodeId peer);

    /**
     * The edge to a node of this name; the oldest if several nodes have the name.
     *
     * @param name label of the other node
     */
    default Optional<Edge> edge(String name) {
        return edges().stream().filter(edge -> edge.name().equals(name)).findFirst();
    }

    /**
     * The edge whose connection leads to this address.
     *
     * @param remote as in {@link NodeSnapshot.EdgeSnapshot#remote()}
     * @throws RequestTimeoutException if the event loop is busy for ten seconds
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is
     * @throws IllegalStateException if called on an event loop
     */
    default Optional<Edge> edge(Address remote) {
        return snapshot().edges().stream()
                .filter(edge -> edge.remote().equals(remote))
                .findFirst()
                .flatMap(edge -> edge(edge.peer()));
    }

    /**
     * Whether an edge to a node stands.
     *
     * @param peer the other node
     */
    default boolean isConnectedTo(NodeId peer) {
        return edge(peer).isPresent();
    }

    /**
     * Hears best-effort messages of peers.
     *
     * @param callback sender and payload; called on the callback executor, one at a time; 1,024 wait at most, those
     *     beyond are dropped and counted
     * @throws NodeClosedException if the node is closed
     */
    Registration onDatagram(BiConsumer<NodeId, byte[]> callback);

    // ---- topics

    /**
     * Subscribes with the default options.
     *
     * @param topic what to hear; every subscription of a topic hears every message
     * @param handler called on the callback executor, one message at a time; what it throws is logged and counted
     * @throws ConfigurationException if the topic is signed and this node has no identity
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not subscribe to it
     * @throws IllegalStateException if this node subscribes to 10,000 topics already
     * @throws NodeClosedException if the node is closed
     */
    default <T extends @Nullable Object> Subscription subscribe(Topic<T> topic, Consumer<? super Message<T>> handler) {
        return subscribe(topic, handler, SubscribeOptions.DEFAULTS);
    }

    /**
     * Subscribes. A node never hears itself.
     *
     * @param topic what to hear; every subscription of a topic hears every message
     * @param handler called where the options say, one message at a time; what it throws is logged and counted
     * @param options queue, overflow, place of the callbacks
     * @throws ConfigurationException if the topic is signed and this node has no identity
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not subscribe to it
     * @throws IllegalStateException if this node subscribes to 10,000 topics already
     * @throws NodeClosedException if the node is closed
     */
    <T extends @Nullable Object> Subscription subscribe(
            Topic<T> topic, Consumer<? super Message<T>> handler, SubscribeOptions options);

    /**
     * Subscribes without a handler: messages wait in the queue until they are taken.
     *
     * @param topic what to hear; every subscription of a topic hears every message
     * @param options queue and overflow; of the callbacks none is called, gaps and drops are taken in order as well
     * @throws IllegalArgumentException if the options say {@link Dispatch#INLINE}
     * @throws ConfigurationException if the topic is signed and this node has no identity
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not subscribe to it
     * @throws IllegalStateException if this node subscribes to 10,000 topics already
     * @throws NodeClosedException if the node is closed
     */
    <T extends @Nullable Object> PulledSubscription<T> pull(Topic<T> topic, SubscribeOptions options);

    /** The subscriptions that are not closed, in the order they were made. */
    List<Subscription> subscriptions();

    /**
     * Whether at least one link to another member of the topic stands. Never true because a time-out passed.
     *
     * @param topic any topic
     */
    boolean isPaired(Topic<?> topic);

    /**
     * Publishes, to all subscribers of the topic but this node; needs no subscription.
     *
     * @param topic where
     * @param payload what; not looked at any more when this returns
     * @return as {@link #publish(Topic, Object, PublishOptions)}
     */
    default <T extends @Nullable Object> Receipt publish(Topic<T> topic, T payload) {
        return publish(topic, payload, PublishOptions.NONE);
    }

    /**
     * Publishes. Encodes on the calling thread and queues for the event loop. Waits only while the node's queue is full,
     * or subscribers that must not miss anything take no more, at most {@code slowConsumerTimeout} or its own patience; on
     * an event loop it does not wait but is rejected.
     *
     * <p>In a callback, what it waits for may wait for the callback: when two nodes answer in their handlers what they hear,
     * and both queues are full, neither handler returns before its patience ends, with {@link Receipt.Status#NO_CREDIT}. Use
     * {@link #publishAsync} there. A wait in a callback is counted ({@code callbacks.waited-for-credit} in the {@link
     * NodeSnapshot#counters}) and logged once for each topic.
     *
     * @param topic where
     * @param payload what; not looked at any more when this returns
     * @param options key, headers, hop limit, patience
     * @return how many neighbours the topic had, from a moment ago; or why the message was given up
     * @throws io.chaski.core.codec.CodecException if the payload cannot be encoded
     * @throws IllegalArgumentException if key or headers are too large, or no codec has the topic's content type
     * @throws ConfigurationException if the topic is signed and this node has no identity
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not publish on it
     * @throws NodeClosedException if the node is closed
     */
    <T extends @Nullable Object> Receipt publish(Topic<T> topic, T payload, PublishOptions options);

    /**
     * Publishes with the default options, without waiting.
     *
     * @param topic where
     * @param payload what; not looked at any more when this returns
     * @return as {@link #publishAsync(Topic, Object, PublishOptions)}
     */
    default <T extends @Nullable Object> CompletableFuture<Receipt> publishAsync(Topic<T> topic, T payload) {
        return publishAsync(topic, payload, PublishOptions.NONE);
    }

    /**
     * Publishes without waiting: a full queue rejects at once. While subscribers that must not miss anything take no more, the
     * message waits in the node; when many of its topic do, it is rejected. With a {@linkplain PublishOptions#patience
     * patience} of zero it is rejected at once then, and never later unless the node closes.
     *
     * @param topic where
     * @param payload what; not looked at any more when this returns
     * @param options key, headers, hop limit, patience
     * @return completes with exact numbers when the message has been handed to the connections, or is owed to neighbours that
     *     take no more
     * @throws io.chaski.core.codec.CodecException if the payload cannot be encoded
     * @throws IllegalArgumentException if key or headers are too large, or no codec has the topic's content type
     * @throws ConfigurationException if the topic is signed and this node has no identity
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not publish on it
     * @throws NodeClosedException if the node is closed
     */
    <T extends @Nullable Object> CompletableFuture<Receipt> publishAsync(
            Topic<T> topic, T payload, PublishOptions options);

    /**
     * Tells when it is worth while to publish again after {@link Receipt.Status#QUEUE_FULL} or {@link
     * Receipt.Status#NO_CREDIT}, for whoever must not wait on a thread. Nothing is reserved: of several that try again, some
     * may have to ask once more, which is at the earliest when all has been worked off that was before them.
     *
     * @param topic where
     * @param options {@linkplain PublishOptions#patience patience}, or {@code slowConsumerTimeout} if it says none, on
     *     any thread. What is {@linkplain PublishOptions#live live} needs no credit
     * @return completes with true when the messages have left the node's queue that were in it at the call, and subscribers
     *     take more; with false if they still take no more when the patience is over. Also with true when the node closes:
     *     publishing then throws. Dependents run on the callback executor
     * @throws NodeClosedException if the node is closed
     */
    CompletableFuture<Boolean> publishable(Topic<?> topic, PublishOptions options);

    /**
     * Who is in a topic that this node has subscribed to with {@link Topic#presence(boolean) presence}.
     *
     * @param topic a topic with such a subscription
     * @throws IllegalStateException if there is none
     */
    Presence presence(Topic<?> topic);

    // ---- streams

    /** Two-way exchanges with single peers, which other modules build on. */
    NodeStreams streams();

    // ---- finding out

    /**
     * Asks what is at an address: over UDP, or by a connection that ends with the greetings when UDP stays silent for half of
     * the limit, when there is no UDP, and always when this node has an identity. Needs no edge, makes none, touches none and
     * causes no event here. A node of another cluster does not answer.
     *
     * @param address where to
     * @param limit how long to wait for an answer, longer than nothing
     * @return what is there, or {@link RequestTimeoutException}, or {@link RequestRefusedException} if 64 probes of this
     *     node are under way
     */
    CompletableFuture<ProbeResult> probe(Address address, Duration limit);

    /**
     * Looks for members of a topic through the edges there are, and connects to them. For manual topology. With
     * automatic topology this happens by itself as long as the node subscribes; then the neighbours of the moment are
     * the answer, at once, and no edge is closed. Calls for the same topic at the same time share one look-up.
     *
     * @param topic what to look for
     * @param introducer what becomes of edges that this node made and that only led to others; {@code KEEP} of one call
     *     holds for all that share its look-up
     * @return the members that were found and are connected now, those of edges that stood before among them; perhaps
     *     nobody, after {@link #DISCOVERY_LIMIT} at most
     */
    default CompletableFuture<List<NodeId>> discover(Topic<?> topic, Introducer introducer) {
        return discover(topic, introducer, DISCOVERY_LIMIT);
    }

    /**
     * As {@link #discover(Topic, Introducer)} with a limit.
     *
     * @param topic what to look for
     * @param introducer what becomes of edges that only led to others
     * @param limit how long to look, longer than nothing
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not discover it
     */
    CompletableFuture<List<NodeId>> discover(Topic<?> topic, Introducer introducer, Duration limit);

    /**
     * Why a topic has found nobody, or that it has. Waits for the node's event loop, for an instant.
     *
     * @param topic any topic
     * @throws RequestTimeoutException if the event loop is busy for ten seconds
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is
     * @throws IllegalStateException if called on an event loop
     */
    Diagnosis diagnose(Topic<?> topic);

    /**
     * What happens to this node. Each subscriber has a queue of 256 events; what does not fit is dropped and counted in
     * the snapshot as {@code events.dropped}. {@link NodeEvent.Closed} is the last. Subscribers are called on the
     * callback executor.
     */
    Flow.Publisher<NodeEvent> events();

    /**
     * The state of the node now, or its last one once it has closed. Waits for the node's event loop, for an instant.
     *
     * @throws RequestTimeoutException if the event loop is busy for ten seconds
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is
     * @throws IllegalStateException if called on an event loop
     */
    NodeSnapshot snapshot();

    // ---- the end

    /**
     * Says goodbye, flushes what was published, frees the ports and ends all threads, within five seconds. Of these it
     * waits up to three until subscribers that must not miss anything ({@link OverflowPolicy#BLOCK}) have this node's
     * messages, and logs a warning with the topics on which they have not. Does nothing when closed.
     *
     * <p>May be called from any thread. On an event loop it does not wait for the end, nor in a callback if another
     * thread closes the node already; the callback that closes it waits like any other thread. An interrupt does not cut it short: the
     * node closes as in any other thread, and the caller is still interrupted afterwards.
     *
     * <p>Futures that are open fail, and {@link #events()} say that the node has closed. Where callbacks keep all threads for
     * longer, or {@link NodeBuilder#callbackExecutor} takes nothing, a thread does that for which nobody waits.
     */
    @Override
    void close();

    /**
     * Waits until the node has closed.
     *
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     */
    void awaitClosed() throws InterruptedException;

    /**
     * Waits until the node has closed, for a limited time.
     *
     * @param limit how long
     * @return whether it has closed
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     */
    boolean awaitClosed(Duration limit) throws InterruptedException;
}
