package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.chaski.core.NodeEvent.DialFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Edges made, measured and closed by hand, through the public door. */
@Timeout(60)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NodeEdgesTest extends LoopbackNodes {

    @Nested
    class Edges {

        private ChaskiNode manual(String name) {
            return start(builder(name).topology(Topology.MANUAL));
        }

        @Test
        void are_made_measured_and_closed_by_hand() throws Exception {
            ChaskiNode ana = manual("ana");
            ChaskiNode ben = manual("ben");
            Edge edge = get(ana.connect(ben.addresses().get(0).toString()));
            assertThat(edge.peer()).isEqualTo(ben.id());
            await().atMost(LIMIT).until(() -> edge.name().equals("ben"));
            assertThat(get(ana.connect(ben.addresses().get(0)))).isSameAs(edge);
            assertThat(ana.edges()).containsExactly(edge);
            assertThat(ana.edge(ben.id())).contains(edge);
            assertThat(ana.edge("ben")).contains(edge);
            assertThat(ana.edge(ben.addresses().get(0))).contains(edge);
            await().atMost(LIMIT).until(() -> ben.isConnectedTo(ana.id()));
            NodeSnapshot.EdgeSnapshot atAna = ana.snapshot().edges().get(0);
            NodeSnapshot.EdgeSnapshot atBen = ben.snapshot().edges().get(0);
            assertThat(atAna.local()).contains(atBen.remote());
            assertThat(atBen.local()).contains(atAna.remote());

            assertThat(get(edge.ping(100_000))).isPositive();
            assertThat(get(edge.ping())).isPositive();
            assertThat(edge.latency().samples()).isPositive();
            edge.resetLatency();
            assertThat(edge.latency()).isEqualTo(NodeSnapshot.Latency.NONE);

            edge.close();
            await().atMost(LIMIT).until(() -> !edge.isUp());
            await().atMost(LIMIT).until(() -> ben.edges().isEmpty());
            assertThat(edge.snapshot()).isEmpty();
            assertThat(ana.edges()).isEmpty();
            assertThatThrownBy(() -> get(edge.ping())).hasCauseInstanceOf(EdgeClosedException.class);
        }

        @Test
        void say_why_a_ping_is_not_even_sent() throws Exception {
            ChaskiNode ana = manual("ana");
            ChaskiNode ben = manual("ben");
            Edge edge = get(ana.connect(ben.addresses().get(0)));
            assertThatThrownBy(() -> edge.ping((1 << 20) + 1)).isInstanceOf(IllegalArgumentException.class);

            List<CompletableFuture<Duration>> pings = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                pings.add(edge.ping());
            }
            assertThatThrownBy(() -> get(pings.get(1_999))).hasCauseInstanceOf(RequestRefusedException.class);
            edge.close();
            assertThatThrownBy(() -> get(pings.get(1_000))).hasCauseInstanceOf(EdgeClosedException.class);
        }

        @Test
        void are_not_needed_for_probes_of_which_64_wait_at_a_time() throws Exception {
            ChaskiNode ana = start("ana");
            Address silent = Address.tcp("127.0.0.1", 9);
            List<CompletableFuture<ProbeResult>> waiting = IntStream.range(0, 64)
                    .mapToObj(i -> ana.probe(silent, Duration.ofMinutes(30)))
                    .toList();
            assertThatThrownBy(() -> get(ana.probe(silent, Duration.ofMinutes(30))))
                    .hasCauseInstanceOf(RequestRefusedException.class)
                    .hasMessageContaining("64");
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
        }

        @Test
        void answer_twenty_pings_at_once() throws Exception {
            ChaskiNode ana = manual("ana");
            ChaskiNode ben = manual("ben");
            Edge edge = get(ana.connect(ben.addresses().get(0)));
            List<CompletableFuture<Duration>> pings = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                pings.add(edge.ping(10));
            }
            for (CompletableFuture<Duration> ping : pings) {
                assertThat(get(ping)).isPositive();
            }
            assertThat(edge.isUp()).isTrue();
        }

        @Test
        void to_nobody_fail_with_the_reason() throws Exception {
            ChaskiNode ana = manual("ana");
            int port;
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            assertThatThrownBy(() -> get(ana.connect(Address.tcp("127.0.0.1", port))))
                    .hasCauseInstanceOf(ConnectFailedException.class)
                    .cause()
                    .extracting(failure -> ((ConnectFailedException) failure).failure())
                    .isEqualTo(DialFailure.REFUSED);
            assertThatThrownBy(() -> ana.connect(ana.addresses().get(0))).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void to_nobody_fail_for_everybody_who_waits() throws Exception {
            ChaskiNode ana = manual("ana");
            Address nobody = Address.tcp("127.0.0.1", freePort());
            List<CompletableFuture<Edge>> waiting =
                    List.of(ana.connect(nobody), ana.connect(nobody), ana.connect(nobody));
            for (CompletableFuture<Edge> one : waiting) {
                assertThat(failureOf(one).failure()).isEqualTo(DialFailure.REFUSED);
                assertThat(failureOf(one).refusal()).isEmpty();
            }
        }

        @Test
        void to_the_node_itself_under_another_name_fail_with_the_reason_each_time() throws Exception {
            ChaskiNode ana = manual("ana");
            Address self = Address.tcp("localhost", ana.addresses().get(0).port());
            for (int i = 0; i < 2; i++) {
                ConnectFailedException failure = failureOf(ana.connect(self));
                assertThat(failure.failure()).isEqualTo(DialFailure.HANDSHAKE);
                assertThat(failure.refusal()).contains(CloseReason.SELF);
            }
        }

        @Test
        void to_another_cluster_fail_with_the_reason_under_any_name() throws Exception {
            ChaskiNode ana = manual("ana");
            ChaskiNode far = start(
                    ChaskiNode.builder().name("far").cluster(cluster + "-other").topology(Topology.MANUAL));
            int port = far.addresses().get(0).port();
            for (String host : List.of("127.0.0.1", "localhost")) {
                ConnectFailedException failure = failureOf(ana.connect(Address.tcp(host, port)));
                assertThat(failure.failure()).isEqualTo(DialFailure.HANDSHAKE);
                assertThat(failure.refusal()).contains(CloseReason.CLUSTER);
                assertThat(failure).hasMessageContaining("CLUSTER");
            }
        }

        private ConnectFailedException failureOf(CompletableFuture<Edge> connecting) {
            return (ConnectFailedException)
                    catchThrowable(() -> get(connecting)).getCause();
        }

        private int freePort() throws IOException {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        }

        @Test
        void carry_datagrams() throws Exception {
            ChaskiNode ana = manual("ana");
            ChaskiNode ben = manual("ben");
            List<String> heard = new CopyOnWriteArrayList<>();
            ben.onDatagram((from, payload) -> heard.add(
                    from.equals(ana.id()) + " " + new String(payload, java.nio.charset.StandardCharsets.UTF_8)));
            Edge edge = get(ana.connect(ben.addresses().get(0)));
            await().atMost(LIMIT).until(() -> {
                edge.sendDatagram("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                return !heard.isEmpty();
            });
            assertThat(heard.get(0)).isEqualTo("true hello");
            assertThatThrownBy(() -> edge.sendDatagram(new byte[1_153])).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void are_found_by_discovery_when_asked() throws Exception {
            ChaskiNode root = manual("root");
            ChaskiNode ana = manual("ana");
            ChaskiNode ben = manual("ben");
            ana.subscribe(TEXT, message -> {});
            ben.subscribe(TEXT, message -> {});
            get(ana.connect(root.addresses().get(0)));
            get(ben.connect(root.addresses().get(0)));
            assertThat(get(ben.discover(TEXT, Introducer.KEEP))).containsExactly(ana.id());
            assertThat(ben.isConnectedTo(ana.id())).isTrue();
            assertThat(ben.isConnectedTo(root.id())).isTrue();
        }
    }
}
