package io.chaski.core.acceptance;

import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;

/** Nodes of one test: a cluster of their own, free ports, closed at the end. */
final class TestNodes implements AutoCloseable {

    /** Ten times what the scenarios allow, because the machine is shared; only failures take so long. */
    static final Duration LIMIT = Duration.ofSeconds(50);

    private static final Duration STILL = Duration.ofSeconds(1);

    private final String cluster = "test-" + UUID.randomUUID();
    private static final String WITHOUT_UDP = " without UDP";

    private final Address listen;
    private final boolean hasUdp;
    private final Queue<ChaskiNode> nodes = new ConcurrentLinkedQueue<>();

    TestNodes() {
        this("127.0.0.1");
    }

    /**
     * Nodes on one host.
     *
     * @param where its address, which may be followed by {@value #WITHOUT_UDP}
     */
    TestNodes(String where) {
        this.hasUdp = !where.endsWith(WITHOUT_UDP);
        this.listen = Address.tcp(where.replace(WITHOUT_UDP, ""), 0);
    }

    /** A builder of this cluster; what it starts is passed to {@link #add}. */
    NodeBuilder builder(String name) {
        return ChaskiNode.builder().name(name).cluster(cluster).listen(listen).udp(hasUdp);
    }

    ChaskiNode add(ChaskiNode node) {
        nodes.add(node);
        return node;
    }

    /** A node of manual topology that subscribes to topics. */
    ChaskiNode manual(String name, String... topics) {
        ChaskiNode node = add(builder(name).topology(Topology.MANUAL).start());
        for (String topic : topics) {
            node.subscribe(Topic.text(topic), message -> {});
        }
        return node;
    }

    /** Manual nodes named 0, 1, 2 .. with one topic each. */
    List<ChaskiNode> manualNodes(String... topics) {
        List<ChaskiNode> made = new ArrayList<>();
        for (String topic : topics) {
            made.add(manual(Integer.toString(made.size()), topic));
        }
        return made;
    }

    /** A node of automatic topology. */
    ChaskiNode automatic(String name, Address... bootstrap) {
        return add(builder(name).bootstrap(bootstrap).start());
    }

    /** Dials and waits for the edge. */
    static Edge connect(ChaskiNode from, ChaskiNode to) throws Exception {
        return from.connect(addressOf(to)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    static Address addressOf(ChaskiNode node) {
        return node.addresses().get(0);
    }

    static boolean areConnected(ChaskiNode one, ChaskiNode other) {
        return one.isConnectedTo(other.id()) && other.isConnectedTo(one.id());
    }

    /** What has arrived in a topic at a node, in order. */
    static Queue<String> inbox(ChaskiNode node, String topic) {
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        node.subscribe(Topic.text(topic), message -> arrived.add(message.payload()));
        return arrived;
    }

    /** The assertions hold within the limit, and still one second later. */
    static void until(ThrowingRunnable assertions) {
        await().atMost(LIMIT).untilAsserted(assertions);
        await().during(STILL).atMost(LIMIT).untilAsserted(assertions);
    }

    /** The assertions hold within the limit. */
    static void soon(ThrowingRunnable assertions) {
        await().atMost(LIMIT).untilAsserted(assertions);
    }

    /** An address that nobody listens at, for a moment at least. */
    static Address free(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return Address.tcp(host, socket.getLocalPort());
        }
    }

    @Override
    public void close() {
        nodes.parallelStream().forEach(ChaskiNode::close);
    }
}
