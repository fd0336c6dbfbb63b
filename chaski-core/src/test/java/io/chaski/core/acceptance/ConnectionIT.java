package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.addressOf;
import static io.chaski.core.acceptance.TestNodes.areConnected;
import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Edge;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Connections in manual topology")
class ConnectionIT {

    private TestNodes nodes = new TestNodes();

    private List<ChaskiNode> start(String host, int count) {
        nodes = new TestNodes(host);
        return IntStream.range(0, count)
                .mapToObj(i -> nodes.manual(Integer.toString(i)))
                .toList();
    }

    private List<ChaskiNode> star(String host, int leaves) throws Exception {
        List<ChaskiNode> star = start(host, leaves + 1);
        for (ChaskiNode leaf : star.subList(1, leaves + 1)) {
            connect(leaf, star.get(0));
        }
        return star;
    }

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    @DisplayName("U-CON-1: two pairs have one edge each")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void pairs(String host) throws Exception {
        List<ChaskiNode> four = start(host, 4);
        connect(four.get(0), four.get(1));
        connect(four.get(2), four.get(3));

        until(() -> assertThat(four).allSatisfy(node -> assertThat(node.edges()).hasSize(1)));
        assertThat(areConnected(four.get(0), four.get(1))).isTrue();
        assertThat(areConnected(four.get(2), four.get(3))).isTrue();
    }

    @DisplayName("U-CON-2: the centre of a star has an edge to each leaf")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void star(String host) throws Exception {
        List<ChaskiNode> star = star(host, 4);

        until(() -> {
            assertThat(star.get(0).edges()).hasSize(4);
            assertThat(star.subList(1, 5))
                    .allSatisfy(leaf -> assertThat(leaf.edges()).hasSize(1));
        });
    }

    @DisplayName("U-CON-3, N30: nobody has an edge after the centre has closed")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void centreCloses(String host) throws Exception {
        List<ChaskiNode> star = star(host, 4);
        star.get(0).close();

        until(() -> assertThat(star)
                .allSatisfy(node -> assertThat(node.snapshot().edges()).isEmpty()));
    }

    @DisplayName("U-CON-5, N14: nobody has an edge after each leaf has closed its own, and nobody dials again")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void leavesCloseTheirEdges(String host) throws Exception {
        nodes = new TestNodes(host);
        Queue<NodeEvent> atCentre = new ConcurrentLinkedQueue<>();
        List<ChaskiNode> star = new ArrayList<>();
        star.add(nodes.add(nodes.builder("0")
                .topology(Topology.MANUAL)
                .onEvent(atCentre::add)
                .start()));
        List<NodeEvent> told = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            ChaskiNode leaf = nodes.manual(Integer.toString(i));
            connect(leaf, star.get(0));
            star.add(leaf);
            told.add(new NodeEvent.EdgeDown(leaf.id(), CloseReason.REQUESTED));
        }
        soon(() -> assertThat(star.get(0).edges()).hasSize(4));
        for (ChaskiNode leaf : star.subList(1, 5)) {
            leaf.edges().get(0).close();
        }

        until(() -> {
            assertThat(star).allSatisfy(node -> assertThat(node.edges()).isEmpty());
            assertThat(atCentre)
                    .filteredOn(NodeEvent.EdgeDown.class::isInstance)
                    .containsExactlyInAnyOrderElementsOf(told);
        });
        assertThat(star)
                .allSatisfy(node -> assertThat(node.snapshot().reconnecting()).isEmpty());
    }

    @DisplayName("N31: a node that is told not to dials no lost peer again")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void noReconnections(String host) throws Exception {
        nodes = new TestNodes(host);
        Queue<NodeEvent> events = new ConcurrentLinkedQueue<>();
        ChaskiNode peer = nodes.manual("peer");
        ChaskiNode node = nodes.add(nodes.builder("node")
                .topology(Topology.MANUAL)
                .reconnections(0)
                .onEvent(events::add)
                .start());
        connect(node, peer);
        Address address = addressOf(peer);
        peer.close();
        soon(() -> assertThat(events).contains(new NodeEvent.LimitReached("reconnections", 0)));
        ChaskiNode again = nodes.add(
                nodes.builder("again").topology(Topology.MANUAL).listen(address).start());

        until(() -> {
            assertThat(node.snapshot().reconnecting()).isEmpty();
            assertThat(again.edges()).isEmpty();
        });
    }

    @DisplayName("U-CON-7, N39, N40: a map comes back the same as a datagram and as a request")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void echo(String host) throws Exception {
        List<ChaskiNode> pair = start(host, 2);
        ChaskiNode asker = pair.get(0);
        ChaskiNode echo = pair.get(1);
        Edge edge = connect(echo, asker);
        soon(() -> assertThat(asker.isConnectedTo(echo.id())).isTrue());
        Map<String, Double> map = threeRandomPairs();
        byte[] encoded = PayloadCodec.cbor().encode(map, Map.class);

        echo.onDatagram((from, payload) -> edge.sendDatagram(payload));
        CompletableFuture<byte[]> overUdp = new CompletableFuture<>();
        asker.onDatagram((from, payload) -> overUdp.complete(payload));
        Edge toEcho = asker.edge(echo.id()).orElseThrow();
        // Best effort: sent again until one made it there and back.
        soon(() -> {
            toEcho.sendDatagram(encoded);
            assertThat(PayloadCodec.cbor().decode(overUdp.get(200, TimeUnit.MILLISECONDS), Map.class))
                    .isEqualTo(map);
        });
        assertThat(request(asker, echo, map)).isEqualTo(map);
    }

    @DisplayName("U-CON-7, N39: a map comes back the same as a request, also without UDP")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1 without UDP", "::1 without UDP"})
    void echoWithoutUdp(String host) throws Exception {
        List<ChaskiNode> pair = start(host, 2);
        connect(pair.get(1), pair.get(0));
        soon(() -> assertThat(pair.get(0).isConnectedTo(pair.get(1).id())).isTrue());
        Map<String, Double> map = threeRandomPairs();

        assertThat(request(pair.get(0), pair.get(1), map)).isEqualTo(map);
    }

    private static @Nullable Object request(ChaskiNode asker, ChaskiNode echo, Map<String, Double> map)
            throws Exception {
        echo.streams().serve("echo", stream -> answering());
        byte[] answer = asker.streams()
                .request(echo.id(), "echo", PayloadCodec.cbor().encode(map, Map.class), TestNodes.LIMIT)
                .get(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
        return PayloadCodec.cbor().decode(answer, Map.class);
    }

    /** Any three will do; a failure prints them. */
    private static Map<String, Double> threeRandomPairs() {
        Random random = new Random();
        Map<String, Double> pairs = new LinkedHashMap<>();
        while (pairs.size() < 3) {
            pairs.put(Long.toString(random.nextLong(), Character.MAX_RADIX), random.nextDouble());
        }
        return pairs;
    }

    @DisplayName("N40: a datagram of 1,152 bytes arrives, and a larger one, which may not fit a packet, is not sent")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void largestDatagram(String host) throws Exception {
        List<ChaskiNode> pair = start(host, 2);
        Edge edge = connect(pair.get(0), pair.get(1));
        Queue<Integer> sizes = new ConcurrentLinkedQueue<>();
        pair.get(1).onDatagram((from, payload) -> sizes.add(payload.length));

        assertThatThrownBy(() -> edge.sendDatagram(new byte[Edge.MAX_DATAGRAM_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1152");
        soon(() -> {
            edge.sendDatagram(new byte[Edge.MAX_DATAGRAM_BYTES]);
            assertThat(sizes).isNotEmpty();
        });
        assertThat(sizes).containsOnly(1_152);
    }

    private static StreamListener answering() {
        return new StreamListener() {
            @Override
            public void onMessage(Stream stream, byte[] message) {
                stream.offer(message);
                stream.end();
            }
        };
    }

    @DisplayName("N10, N15: both sides dial at once, one edge is left, and messages keep flowing meanwhile")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void doubleDial(String host) throws Exception {
        nodes = new TestNodes(host);
        List<ChaskiNode> pairs = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            ChaskiNode one = nodes.manual("one-" + round, "t");
            ChaskiNode other = nodes.manual("other-" + round);
            Queue<String> arrived = inbox(other, "t");
            CompletableFuture<Edge> there = one.connect(addressOf(other));
            CompletableFuture<Edge> back = other.connect(addressOf(one));
            // What is published before anybody is there is kept for whoever comes.
            List<String> sent = new ArrayList<>();
            while (sent.size() < 200 || !one.isPaired(Topic.text("t"))) {
                String message = "m" + sent.size();
                sent.add(message);
                one.publishAsync(Topic.text("t"), message).get(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            there.get(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
            back.get(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);

            soon(() -> assertThat(arrived).containsExactlyElementsOf(sent));
            pairs.addAll(List.of(one, other));
        }
        until(() ->
                assertThat(pairs).allSatisfy(node -> assertThat(node.edges()).hasSize(1)));
    }

    @DisplayName("N10: connecting again returns the edge that is there")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void existingEdge(String host) throws Exception {
        List<ChaskiNode> pair = start(host, 2);
        Edge first = connect(pair.get(0), pair.get(1));
        Edge again = connect(pair.get(0), pair.get(1));

        assertThat(again).isSameAs(first);
        until(() -> assertThat(pair.get(1).edges()).hasSize(1));
    }

    @DisplayName("N10: a node does not connect to itself")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void selfConnection(String host) {
        ChaskiNode node = start(host, 1).get(0);

        assertThatThrownBy(() -> connect(node, node))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("itself");
        assertThat(node.edges()).isEmpty(); // refused before it was dialled
    }

    @DisplayName("N11: nodes of different clusters do not talk and both say why")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void otherCluster(String host) {
        ChaskiNode ours = start(host, 1).get(0);
        Queue<NodeEvent> events = new ConcurrentLinkedQueue<>();
        try (TestNodes others = new TestNodes(host)) {
            ChaskiNode theirs = others.add(others.builder("theirs")
                    .topology(Topology.MANUAL)
                    .onEvent(events::add)
                    .start());

            assertThatThrownBy(() -> connect(ours, theirs))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            ConnectFailedException.class,
                            failure -> assertThat(failure.refusal()).contains(CloseReason.CLUSTER));
            soon(() -> assertThat(events)
                    .anySatisfy(event -> assertThat(event)
                            .isInstanceOfSatisfying(
                                    NodeEvent.HandshakeFailed.class,
                                    failed -> assertThat(failed.reason().name()).isEqualTo("CLUSTER"))));
            until(() -> assertThat(theirs.edges()).isEmpty());
        }
    }

    @DisplayName("N03: two nodes with the same name pair and talk")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void sameName(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode one = nodes.manual("a", "t");
        ChaskiNode other = nodes.manual("a");
        Queue<String> arrived = inbox(other, "t");
        connect(one, other);
        soon(() -> assertThat(one.isPaired(Topic.text("t"))).isTrue());
        one.publish(Topic.text("t"), "hello");

        soon(() -> assertThat(arrived).containsExactly("hello"));
        assertThat(one.id()).isNotEqualTo(other.id());
    }

    @DisplayName("N12, N13, N16: edges are found by id, name and address, and describe themselves")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void lookUp(String host) throws Exception {
        List<ChaskiNode> pair = start(host, 2);
        connect(pair.get(0), pair.get(1));
        ChaskiNode dialler = pair.get(0);
        Address remote = addressOf(pair.get(1));

        assertThat(dialler.edge(pair.get(1).id())).isPresent();
        assertThat(dialler.edge("1")).isPresent();
        assertThat(dialler.edge(remote)).isPresent();
        NodeSnapshot.EdgeSnapshot edge = dialler.snapshot().edges().get(0);
        assertThat(edge.peer()).isEqualTo(pair.get(1).id());
        assertThat(edge.remote()).isEqualTo(remote);
        assertThat(edge.outbound()).isTrue();
        soon(() -> assertThat(pair.get(1).snapshot().edges())
                .singleElement()
                .satisfies(other -> assertThat(other.outbound()).isFalse()));
    }

    @DisplayName("N04: a node closes once, from two threads too, and its port is free at once")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void closeTwice(String host) throws Exception {
        ChaskiNode node = start(host, 1).get(0);
        Address address = addressOf(node);
        CountDownLatch both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            Thread closer = new Thread(() -> {
                node.close();
                both.countDown();
            });
            closer.start();
        }
        assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(node.state()).isEqualTo(NodeSnapshot.State.CLOSED);
        assertThat(node.snapshot().id()).isEqualTo(node.id());
        ChaskiNode successor =
                nodes.add(nodes.builder("successor").listen(address).start());
        assertThat(addressOf(successor)).isEqualTo(address);
    }

    @DisplayName("N08: fifty nodes start in parallel on free ports")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void parallelStarts(String host) {
        nodes = new TestNodes(host);
        List<Address> addresses = IntStream.range(0, 50)
                .parallel()
                .mapToObj(i -> addressOf(nodes.manual("node-" + i)))
                .toList();

        assertThat(addresses).doesNotHaveDuplicates().hasSize(50);
    }

    @DisplayName("N34: a payload that cannot be decoded is an event, and the edge and later messages survive")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void undecodable(String host) throws Exception {
        nodes = new TestNodes(host);
        Queue<NodeEvent> events = new ConcurrentLinkedQueue<>();
        ChaskiNode sender = nodes.manual("sender", "t");
        ChaskiNode reader = nodes.add(nodes.builder("reader")
                .topology(Topology.MANUAL)
                .onEvent(events::add)
                .start());
        Queue<Integer> numbers = new ConcurrentLinkedQueue<>();
        reader.subscribe(Topic.of("t", Integer.class), message -> numbers.add(message.payload()));
        connect(sender, reader);
        soon(() -> assertThat(sender.isPaired(Topic.text("t"))).isTrue());
        sender.publish(Topic.text("t").contentType("application/json"), "not a number");
        sender.publish(Topic.of("t", Integer.class), 7);

        soon(() -> assertThat(numbers).containsExactly(7));
        assertThat(events).anyMatch(NodeEvent.DecodeFailed.class::isInstance);
        assertThat(sender.edges()).hasSize(1);
    }

    @DisplayName("N34: an own codec travels under its own content type")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void ownCodec(String host) throws Exception {
        nodes = new TestNodes(host);
        PayloadCodec reversed = new ReversedText();
        ChaskiNode sender = nodes.add(nodes.builder("sender")
                .topology(Topology.MANUAL)
                .codec(reversed)
                .start());
        ChaskiNode reader = nodes.add(nodes.builder("reader")
                .topology(Topology.MANUAL)
                .codec(reversed)
                .start());
        Topic<String> topic = Topic.text("t").contentType(reversed.contentType());
        Queue<String> arrived = inbox(reader, "t");
        connect(sender, reader);
        sender.subscribe(topic, message -> {});
        soon(() -> assertThat(sender.isPaired(topic)).isTrue());
        sender.publish(topic, "abc");

        soon(() -> assertThat(arrived).containsExactly("abc"));
    }
}
