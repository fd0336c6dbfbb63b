package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.addressOf;
import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What python-chaski gets wrong (seed features, section 1) and this library must not. */
@DisplayName("Mistakes of python-chaski that are not repeated")
class UpstreamMistakesIT {

    private static final Topic<String> T = Topic.text("t");

    private final TestNodes nodes = new TestNodes();

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    @DisplayName("W1: with a cycle and 1,000 messages in flight each arrives once, in order, and none at its publisher")
    @Test
    void w1DedupForgetsNothing() throws Exception {
        List<ChaskiNode> cycle = IntStream.range(0, 5)
                .mapToObj(i -> nodes.manual("cycle-" + i, "t"))
                .toList();
        List<Queue<String>> inboxes =
                cycle.stream().map(node -> inbox(node, "t")).toList();
        for (int i = 0; i < 5; i++) {
            connect(cycle.get(i), cycle.get((i + 1) % 5));
        }
        soon(() -> assertThat(cycle)
                .allSatisfy(node ->
                        assertThat(node.subscriptions().get(0).neighbours()).isEqualTo(2)));
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sent.add("m" + i);
            cycle.get(0).publish(T, "m" + i);
        }

        until(() -> {
            assertThat(inboxes.subList(1, 5))
                    .allSatisfy(box -> assertThat(new ArrayList<>(box)).isEqualTo(sent));
            assertThat(inboxes.get(0)).isEmpty();
        });
    }

    @DisplayName("W4: a peer cannot name what is run; what is not served is refused and the node lives on")
    @Test
    void w4NothingIsRunByName() throws Exception {
        ChaskiNode attacker = nodes.manual("attacker");
        ChaskiNode node = nodes.manual("node");
        Edge edge = connect(attacker, node);
        for (String name : List.of("_close_node", "stop", "_process_handshake", "close")) {
            assertThatThrownBy(() -> attacker.streams()
                            .request(node.id(), name, new byte[] {(byte) 0x80, 4}, Duration.ofSeconds(50))
                            .get(50, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            failure -> assertThat(failure.code()).isEqualTo(StreamCode.NO_SUCH_PROTOCOL));
        }

        assertThat(edge.isUp()).isTrue();
        assertThat(node.state()).isEqualTo(NodeSnapshot.State.RUNNING);
    }

    @DisplayName("W6: close is bounded although a peer is gone, and the port is free at once")
    @Test
    void w6CloseIsBoundedAndFreesThePort(@TempDir Path data) throws Exception {
        String cluster = "w6-" + UUID.randomUUID();
        ChaskiNode node = nodes.add(nodes.builder("node").cluster(cluster).start());
        node.subscribe(Topic.text("in"), message -> {});
        Address address = addressOf(node);
        try (NodeProcess peer = NodeProcess.start(cluster, Address.tcp("127.0.0.1", 0), data)) {
            node.connect(peer.address()).get(50, TimeUnit.SECONDS);
            peer.stop(); // it is there for the kernel, and for nobody else
            node.publish(Topic.text("in"), "into the void");
            long startNanos = System.nanoTime();
            node.close();
            Measured.print("W6 closed", startNanos, ChaskiNode.CLOSE_LIMIT.multipliedBy(10));
        }
        ChaskiNode successor =
                nodes.add(nodes.builder("successor").listen(address).start());

        assertThat(addressOf(successor)).isEqualTo(address);
        soon(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("chaski-node-")));
    }

    @DisplayName("W6: a process ends with its work, although its node has peers, subscriptions and messages under way")
    @Test
    void w6ProcessesDoNotHang(@TempDir Path data) throws Exception {
        String cluster = "w6-" + UUID.randomUUID();
        ChaskiNode node = nodes.add(nodes.builder("node").cluster(cluster).start());
        Subscription echoes = node.subscribe(Topic.text("out"), message -> {});
        try (NodeProcess peer = NodeProcess.start(cluster, Address.tcp("127.0.0.1", 0), data)) {
            node.connect(peer.address()).get(50, TimeUnit.SECONDS);
            echoes.awaitPaired(TestNodes.LIMIT);
            node.publish(Topic.text("in"), "still under way");

            assertThat(peer.end()).isZero();
        }
    }

    @DisplayName("W9: more nodes than a root may have neighbours, all joining at once, form one component")
    @Test
    void w9SimultaneousJoinsFormOneComponent() throws Exception {
        ChaskiNode root = nodes.add(nodes.builder("root").root().start());
        assertFormsOneComponent(IntStream.range(0, 20)
                .parallel()
                .mapToObj(i -> nodes.automatic("node-" + i, addressOf(root)))
                .toList());
    }

    @DisplayName("W9: a root at its connection limit sends those who come to the others")
    @ParameterizedTest
    @CsvSource({"127.0.0.1, false", "localhost, false", "localhost, true"})
    void w9FullNodesRedirect(String host, boolean hasUdp) throws Exception {
        int most = 4;
        ChaskiNode root = nodes.add(
                nodes.builder("root").root().maxConnections(most).udp(hasUdp).start());
        Address bootstrap = Address.tcp(host, addressOf(root).port());
        assertFormsOneComponent(IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> nodes.add(nodes.builder("node-" + i)
                        .bootstrap(bootstrap)
                        .udp(hasUdp)
                        .start()))
                .toList());

        soon(() -> assertThat(root.edges()).hasSizeLessThanOrEqualTo(most));
    }

    private static void assertFormsOneComponent(List<ChaskiNode> members) throws Exception {
        List<Queue<String>> inboxes = atOnce(members, node -> inbox(node, "t"));
        // By links as well as by what arrives: a digest brings a message even to an island.
        soon(() -> assertThat(componentOf(members.get(0), members)).hasSameSizeAs(members));
        members.get(0).publish(T, "one component");

        soon(() -> assertThat(inboxes.subList(1, members.size()))
                .allSatisfy(box -> assertThat(box).containsExactly("one component")));
    }

    private static <V> List<V> atOnce(List<ChaskiNode> members, Function<ChaskiNode, V> action) throws Exception {
        CyclicBarrier start = new CyclicBarrier(members.size());
        ExecutorService threads = Executors.newFixedThreadPool(members.size());
        try {
            List<Callable<V>> calls = members.stream()
                    .map(node -> (Callable<V>) () -> {
                        start.await(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
                        return action.apply(node);
                    })
                    .toList();
            List<V> results = new ArrayList<>();
            for (Future<V> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    /** Members that links of the topic lead to from one of them; a link counts where both ends have it. */
    private static Set<NodeId> componentOf(ChaskiNode first, List<ChaskiNode> members) {
        Map<NodeId, List<NodeId>> links = new HashMap<>();
        for (ChaskiNode member : members) {
            List<NodeId> neighbours = member.snapshot().topics().stream()
                    .filter(topic -> topic.name().equals(T.name()))
                    .flatMap(topic -> topic.neighbours().stream())
                    .toList();
            links.put(member.id(), neighbours);
        }
        Set<NodeId> reached = new HashSet<>(Set.of(first.id()));
        Deque<NodeId> next = new ArrayDeque<>(reached);
        while (!next.isEmpty()) {
            NodeId from = next.remove();
            for (NodeId to : links.get(from)) {
                if (links.getOrDefault(to, List.of()).contains(from) && reached.add(to)) {
                    next.add(to);
                }
            }
        }
        return reached;
    }

    @DisplayName("W9: a time-out does not count as paired")
    @Test
    void w9TimeOutIsNotPaired() throws Exception {
        Subscription alone = nodes.automatic("alone").subscribe(T, message -> {});

        assertThatThrownBy(() -> alone.awaitPaired(Duration.ofMillis(50)))
                .hasMessageContaining("topic t")
                .isInstanceOf(io.chaski.core.RequestTimeoutException.class);
        assertThat(alone.isPaired()).isFalse();
    }

    @DisplayName("W10: two pings at once are both answered, and jitter is a time")
    @Test
    void w10PingsDoNotCloseTheEdge() throws Exception {
        Edge edge = connect(nodes.manual("0"), nodes.manual("1"));
        CompletableFuture<Duration> one = edge.ping();
        CompletableFuture<Duration> other = edge.ping();
        one.get(50, TimeUnit.SECONDS);
        other.get(50, TimeUnit.SECONDS);

        assertThat(edge.isUp()).isTrue();
        assertThat(edge.latency().variation()).isPositive();
        assertThat(edge.latency().minimum()).isLessThanOrEqualTo(edge.latency().last());
    }

    @DisplayName("W11: environment variables are read and never written")
    @Test
    void w11EnvironmentIsReadOnly() {
        Map<String, String> variables = Map.copyOf(System.getenv());
        Map<String, String> properties = NodeProcess.propertiesOfOurs();
        nodes.automatic("node").subscribe(T, message -> {});

        assertThat(System.getenv()).isEqualTo(variables);
        assertThat(NodeProcess.propertiesOfOurs()).isEqualTo(properties); // those of a child process: ProcessIT
    }

    @DisplayName("W12: a root keeps no application data and sends a topic to its members only")
    @Test
    void w12RootsHoldNothing() throws Exception {
        ChaskiNode root = nodes.add(nodes.builder("root").root().start());
        ChaskiNode publisher = nodes.automatic("publisher", addressOf(root));
        ChaskiNode member = nodes.automatic("member", addressOf(root));
        ChaskiNode stranger = nodes.automatic("stranger", addressOf(root));
        Queue<String> atMember = inbox(member, "t");
        inbox(stranger, "other");
        publisher.subscribe(T, message -> {}).awaitPaired(TestNodes.LIMIT);
        for (int i = 0; i < 100; i++) {
            publisher.publish(T, "m" + i);
        }

        soon(() -> assertThat(atMember).hasSize(100));
        assertThat(List.of(root, stranger))
                .allSatisfy(node -> assertThat(node.snapshot().topics())
                        .noneMatch(topic -> topic.name().equals("t")));
    }
}
