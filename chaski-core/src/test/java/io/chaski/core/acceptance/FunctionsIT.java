package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.addressOf;
import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.Introducer;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.ProbeResult;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Ping, probe, requests and addresses")
class FunctionsIT {

    private static final Topic<String> PAIRED = Topic.text("paired");
    private static final Topic<String> ALONE = Topic.text("alone");

    private TestNodes nodes = new TestNodes();

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    @DisplayName("U-FUN-1, N26 to N28: pings of 0 and of 100,000 bytes are answered and measured; reset forgets both")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void ping(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode centre = nodes.manual("0");
        Edge small = edgeFrom(centre, nodes.manual("1"));
        Edge large = edgeFrom(centre, nodes.manual("2"));

        assertThat(small.ping(0).get(50, TimeUnit.SECONDS)).isPositive();
        assertThat(large.ping(100_000).get(50, TimeUnit.SECONDS)).isPositive();
        assertThat(small.latency().samples()).isPositive();
        assertThat(large.latency().samples()).isPositive();
        small.resetLatency();
        large.resetLatency();
        soon(() -> {
            small.resetLatency();
            large.resetLatency();
            assertThat(small.latency()).isEqualTo(NodeSnapshot.Latency.NONE).isEqualTo(large.latency());
        });
    }

    private static Edge edgeFrom(ChaskiNode centre, ChaskiNode leaf) throws Exception {
        connect(leaf, centre);
        soon(() -> assertThat(centre.isConnectedTo(leaf.id())).isTrue());
        return centre.edge(leaf.id()).orElseThrow();
    }

    @DisplayName("X-34, W10: twenty pings at once get twenty answers and the edge lives")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void manyPings(String host) throws Exception {
        nodes = new TestNodes(host);
        Edge edge = connect(nodes.manual("0"), nodes.manual("1"));
        List<CompletableFuture<Duration>> pings = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pings.add(edge.ping());
        }

        for (CompletableFuture<Duration> ping : pings) {
            assertThat(ping.get(50, TimeUnit.SECONDS)).isPositive();
        }
        assertThat(edge.isUp()).isTrue();
    }

    @DisplayName("X-35, N39: a request for an unknown service is an error and the edge lives")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void unknownService(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode asker = nodes.manual("0");
        ChaskiNode asked = nodes.manual("1");
        Edge edge = connect(asker, asked);
        long startNanos = System.nanoTime();

        assertThatThrownBy(() -> asker.streams()
                        .request(asked.id(), "no-such-service", new byte[] {1}, Duration.ofSeconds(50))
                        .get(50, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        StreamException.class,
                        failure -> assertThat(failure.code()).isEqualTo(StreamCode.NO_SUCH_PROTOCOL));
        Measured.print("X-35 error", startNanos, Duration.ofSeconds(10));
        assertThat(edge.isUp()).isTrue();
    }

    @DisplayName("N23: a probe tells who is there and what is paired, over UDP and, without the links, over TCP")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void probe(boolean udp) throws Exception {
        ChaskiNode asked = nodes.add(nodes.builder("asked").udp(udp).root().start());
        asked.subscribe(PAIRED, message -> {});
        asked.subscribe(ALONE, message -> {});
        nodes.automatic("member", addressOf(asked))
                .subscribe(PAIRED, message -> {})
                .awaitPaired(TestNodes.LIMIT);
        soon(() -> assertThat(asked.isPaired(PAIRED)).isTrue());
        ChaskiNode asker = nodes.manual("asker");
        ProbeResult result =
                asker.probe(addressOf(asked), Duration.ofSeconds(10)).get(50, TimeUnit.SECONDS);

        assertThat(result.id()).isEqualTo(asked.id());
        assertThat(result.name()).isEqualTo("asked");
        assertThat(result.root()).isTrue();
        assertThat(result.serving()).isTrue();
        assertThat(result.overUdp()).isEqualTo(udp);
        assertThat(result.cluster()).isEqualTo(asker.cluster());
        assertThat(result.topics()).hasSize(2);
        assertThat(result.neighbours(PAIRED)).isEqualTo(udp ? OptionalInt.of(1) : OptionalInt.empty());
        assertThat(result.neighbours(ALONE)).isEqualTo(udp ? OptionalInt.of(0) : OptionalInt.empty());
        assertThat(result.edges().isPresent()).isEqualTo(udp);
        assertThat(result.reconnecting().isPresent()).isEqualTo(udp);
        assertThat(asker.edges()).isEmpty();
    }

    @DisplayName("X-33: a probe of a dead port ends with 'no answer' in time")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void probeOfADeadPort(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode asker = nodes.manual("asker");
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByName(host))) {
            port = free.getLocalPort();
        }
        long startNanos = System.nanoTime();

        assertThatThrownBy(() -> asker.probe(Address.tcp(host, port), Duration.ofMillis(500))
                        .get(50, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RequestTimeoutException.class);
        Measured.print("X-33 no answer", startNanos, Duration.ofSeconds(10));
    }

    @DisplayName("X-32, N05: every form of an address connects")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void addressForms(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode asked = nodes.manual("asked");
        String hostAndPort = addressOf(asked).toString();
        for (String form : List.of(
                hostAndPort,
                "ChaskiNode@" + hostAndPort,
                "*ChaskiNode@" + hostAndPort,
                "ChaskiStreamer@" + hostAndPort,
                "*ChaskiRemote@" + hostAndPort,
                "ChaskiCA@" + hostAndPort,
                host.equals("::1")
                        ? hostAndPort
                        : "localhost:" + addressOf(asked).port())) {
            ChaskiNode dialler = nodes.manual("dialler");
            assertThat(dialler.connect(form).get(50, TimeUnit.SECONDS).peer())
                    .as(form)
                    .isEqualTo(asked.id());
        }
    }

    @DisplayName("D04, D05: UNIX sockets and in-process addresses connect, too")
    @Test
    void otherTransports(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) throws Exception {
        for (String address : List.of("unix:" + folder.resolve("node.sock"), "inproc:acceptance")) {
            ChaskiNode asked = nodes.add(nodes.builder("asked").listen(address).start());
            ChaskiNode dialler = nodes.automatic("dialler", Address.parse(address));
            Topic<String> topic = Topic.text("t");
            java.util.Queue<String> arrived = TestNodes.inbox(asked, "t");
            dialler.subscribe(topic, message -> {}).awaitPaired(TestNodes.LIMIT);
            dialler.publish(topic, "over " + address);
            soon(() -> assertThat(arrived).containsExactly("over " + address));
        }
    }

    @DisplayName("N07: roots on one host take those of the favourite ports that are free, in order, then any")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void favouritePorts(String host) throws Exception {
        InetAddress here = InetAddress.getByName(host);
        // Another program may take or leave one of them meanwhile: then it is tried again.
        soon(() -> {
            List<Integer> freeBefore = freeFavourites(here);
            List<Integer> ports = new ArrayList<>();
            try (TestNodes roots = new TestNodes()) {
                for (int i = 0; i < 7; i++) {
                    ports.add(addressOf(roots.add(ChaskiNode.builder()
                                    .name("root-" + i)
                                    .cluster("favourites")
                                    .listen(Address.tcp(host, 0))
                                    .root()
                                    .start()))
                            .port());
                }
            }
            assertThat(freeFavourites(here)).as("free afterwards").isEqualTo(freeBefore);
            assertThat(ports).doesNotHaveDuplicates().startsWith(freeBefore.toArray(Integer[]::new));
            assertThat(ports.subList(freeBefore.size(), 7)).noneMatch(port -> port >= 8511 && port <= 8516);
        });
    }

    /** Both twins of a port must be free. */
    private static List<Integer> freeFavourites(InetAddress here) {
        return IntStream.rangeClosed(8511, 8516)
                .filter(port -> {
                    try (ServerSocket tcp = new ServerSocket();
                            DatagramSocket udp = new DatagramSocket(port, here)) {
                        tcp.setReuseAddress(true);
                        tcp.bind(new InetSocketAddress(here, port));
                        return udp.isBound();
                    } catch (IOException taken) {
                        return false;
                    }
                })
                .boxed()
                .toList();
    }

    @DisplayName("N06: what a node advertises is where others look for it, and may differ from where it listens")
    @Test
    void advertisedAddress() throws Exception {
        Topic<String> topic = Topic.text("t");
        Address advertised = TestNodes.free("::1");
        ChaskiNode introducer = nodes.manual("introducer");
        ChaskiNode hidden = nodes.add(nodes.builder("hidden")
                .topology(Topology.MANUAL)
                .listen(Address.tcp("127.0.0.1", 0), advertised)
                .advertise(advertised)
                .start());
        assertThat(hidden.addresses()).containsExactly(advertised);
        hidden.subscribe(topic, message -> {});
        connect(hidden, introducer);
        ChaskiNode seeker = nodes.manual("seeker", "t");
        connect(seeker, introducer);

        assertThat(seeker.discover(topic, Introducer.KEEP).get(50, TimeUnit.SECONDS))
                .containsExactly(hidden.id());
        assertThat(seeker.edge(hidden.id()).flatMap(Edge::snapshot))
                .hasValueSatisfying(edge -> assertThat(edge.remote()).isEqualTo(advertised));
    }

    @DisplayName("N06: a link-local address with its zone is listened at, dialled and asked, by name and by number")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void linkLocal(boolean isNamed) throws Exception {
        Inet6Address ip = linkLocal();
        Assumptions.assumeTrue(ip != null, "no interface with a link-local address is up");
        String host = ip.getHostAddress().replaceFirst("%.*", "") + "%";
        String name = host + ip.getScopedInterface().getName();
        Topic<String> topic = Topic.text("t");
        ChaskiNode listener = nodes.add(insecure("listener", name));
        Queue<String> arrived = TestNodes.inbox(listener, "t");
        Queue<Integer> datagrams = new ConcurrentLinkedQueue<>();
        listener.onDatagram((from, payload) -> datagrams.add(payload.length));
        assertThat(addressOf(listener).host()).isEqualTo(name);

        Address dialled = isNamed
                ? addressOf(listener)
                : Address.tcp(host + ip.getScopeId(), addressOf(listener).port());
        ChaskiNode dialler = nodes.add(insecure("dialler", name));
        assertThat(dialler.probe(dialled, TestNodes.LIMIT)
                        .get(50, TimeUnit.SECONDS)
                        .id())
                .isEqualTo(listener.id());
        Edge edge = dialler.connect(Address.parse(dialled.toString())).get(50, TimeUnit.SECONDS);
        dialler.subscribe(topic, message -> {});
        soon(() -> assertThat(dialler.isPaired(topic)).isTrue());
        dialler.publish(topic, "within the link");
        soon(() -> assertThat(arrived).containsExactly("within the link"));
        soon(() -> {
            edge.sendDatagram(new byte[3]);
            assertThat(datagrams).isNotEmpty();
        });
    }

    private ChaskiNode insecure(String name, String host) {
        return nodes.builder(name)
                .topology(Topology.MANUAL)
                .listen(Address.tcp(host, 0))
                .insecure()
                .start();
    }

    /** One of this machine's, null if it has none. */
    private static @Nullable Inet6Address linkLocal() throws SocketException {
        for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
            for (InetAddress address : card.inetAddresses().toList()) {
                if (card.isUp() && address instanceof Inet6Address v6 && v6.isLinkLocalAddress()) {
                    return v6;
                }
            }
        }
        return null;
    }

    @DisplayName("N01: everything works with UDP off")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1 without UDP", "::1 without UDP"})
    void withoutUdp(String where) throws Exception {
        nodes = new TestNodes(where);
        ChaskiNode root = nodes.add(nodes.builder("root").root().start());
        ChaskiNode reader = nodes.automatic("reader", addressOf(root));
        java.util.Queue<String> arrived = TestNodes.inbox(reader, "t");
        ChaskiNode writer = nodes.automatic("writer", addressOf(root));
        writer.subscribe(Topic.text("t"), message -> {}).awaitPaired(TestNodes.LIMIT);
        writer.publish(Topic.text("t"), "over TCP alone");

        soon(() -> assertThat(arrived).containsExactly("over TCP alone"));
    }

    @DisplayName("Binding off loopback without an identity fails and says what to do")
    @Test
    void offLoopback() {
        assertThatThrownBy(() -> ChaskiNode.builder().listen("0.0.0.0:0").start())
                .hasMessageContaining("insecure()");
    }
}
