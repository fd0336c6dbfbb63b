package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Dispatch;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeId;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Nodes with all defaults, but with edges drawn by hand, so that every contestant sends a message to each receiver, and with queues
 * of subscriptions that hold two windows:
 * messages are published on a topic that both sides subscribe to, calls are {@code streams().request}, which opens a stream
 * for each of them.
 */
final class ChaskiContestant implements Contestant {

    static final Topic<byte[]> TOPIC = Topic.bytes("benchmark");
    private static final String ECHO = "echo";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** The machine may be busy. */
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(50);

    /** Between two looks whether everybody is there. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final Dispatch dispatch;
    private final @Nullable Identities identities;

    /** Started so far: each has an identity of its own. */
    private int receivers;

    /**
     * Two nodes without identities.
     *
     * @param dispatch where the receiving side's handlers run
     */
    ChaskiContestant(Dispatch dispatch) {
        this(dispatch, null);
    }

    /**
     * Two nodes.
     *
     * @param dispatch where the receiving side's handlers run
     * @param identities of both, null for none
     */
    ChaskiContestant(Dispatch dispatch, @Nullable Identities identities) {
        this.dispatch = dispatch;
        this.identities = identities;
    }

    private NodeBuilder builder(String identity) {
        return identities == null ? ChaskiNode.builder() : identities.node(identity);
    }

    @Override
    public Listening receiver(Tally tally) {
        ChaskiNode node = start(builder(Identities.server(receivers++)), "receiver");
        Subscription subscription = node.subscribe(
                TOPIC,
                message -> tally.onMessage(message.payload()),
                options().dispatch(dispatch).build());
        return new ListeningNode(node, subscription);
    }

    /** The window bounds what is queued, so a queue that holds two windows never drops. */
    static SubscribeOptions.Builder options() {
        return SubscribeOptions.builder().capacity(2 * Window.MESSAGES).capacityBytes(2L * Window.BYTES);
    }

    /** It subscribes too, as members of a mesh do, and nobody waits for it. */
    @Override
    public Listening relay(String address) {
        ChaskiNode node = start(builder(Identities.RELAY), "relay", Address.parse(address));
        return new ListeningNode(node, awaitNeighbours(node, TOPIC, 1, options().build()));
    }

    @Override
    public Listening echo() {
        return echo(builder(Identities.SERVER), dispatch, Echo::new);
    }

    /**
     * A node that answers.
     *
     * @param dispatch where that happens
     * @param each answers one call
     */
    static Listening echo(NodeBuilder builder, Dispatch dispatch, Supplier<StreamListener> each) {
        ChaskiNode node = start(builder, "echo");
        StreamOptions options = StreamOptions.builder().dispatch(dispatch).build();
        node.streams().serve(ECHO, options, stream -> each.get());
        return new ListeningNode(node, node.subscribe(TOPIC, message -> {}));
    }

    @Override
    public OneWay oneWay(List<String> addresses) {
        return new Publisher(join(builder(Identities.CLIENT), TOPIC, addresses));
    }

    @Override
    public RoundTrip roundTrip(String address) {
        ChaskiNode node = join(builder(Identities.CLIENT), TOPIC, List.of(address));
        return new Requester(node, node.edges().get(0).peer());
    }

    /**
     * A node with manual topology.
     *
     * @param peers whom it connects to, and again if that fails at first
     */
    static ChaskiNode start(String name, Address... peers) {
        return start(ChaskiNode.builder(), name, peers);
    }

    private static ChaskiNode start(NodeBuilder builder, String name, Address... peers) {
        return builder.name(name).topology(Topology.MANUAL).bootstrap(peers).start();
    }

    /**
     * A node that is linked to all receivers.
     *
     * @param topic theirs
     */
    static ChaskiNode join(Topic<?> topic, List<String> addresses) {
        return join(ChaskiNode.builder(), topic, addresses);
    }

    private static ChaskiNode join(NodeBuilder builder, Topic<?> topic, List<String> addresses) {
        ChaskiNode node =
                start(builder, "sender", addresses.stream().map(Address::parse).toArray(Address[]::new));
        awaitNeighbours(
                node, topic, addresses.size(), SubscribeOptions.builder().build());
        return node;
    }

    private static Subscription awaitNeighbours(ChaskiNode node, Topic<?> topic, int count, SubscribeOptions options) {
        Subscription subscription = node.subscribe(topic, message -> {}, options);
        long beganNanos = System.nanoTime();
        while (subscription.neighbours() < count) {
            if (System.nanoTime() - beganNanos > JOIN_LIMIT.toNanos()) {
                throw new IllegalStateException(subscription.neighbours() + " of " + count + " neighbours");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return subscription;
    }

    /** A node that listens. */
    record ListeningNode(ChaskiNode node, Subscription subscription) implements Listening {

        @Override
        public String address() {
            return node.addresses().get(0).toString();
        }

        @Override
        public long dropped() {
            return subscription.statistics().dropped();
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private record Publisher(ChaskiNode node) implements OneWay {

        @Override
        public void send(byte[] message) {
            Receipt receipt = node.publish(TOPIC, message);
            if (receipt.isRejected()) {
                throw new IllegalStateException("rejected: " + receipt);
            }
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private record Requester(ChaskiNode node, NodeId peer) implements RoundTrip {

        @Override
        public byte[] call(byte[] request) throws Exception {
            return node.streams().request(peer, ECHO, request, LIMIT).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            node.close();
        }
    }

    /** Answers one message with the same. */
    private static final class Echo implements StreamListener {

        @Override
        public void onMessage(Stream stream, byte[] message) {
            stream.end(message);
        }
    }
}
