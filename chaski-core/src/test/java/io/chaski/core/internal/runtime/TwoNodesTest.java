package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.Environment;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeEvent.EdgeUp;
import io.chaski.core.NodeId;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocol of two nodes over each real transport. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TwoNodesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String TOPIC = "sensors/temperature";

    /** Ways between two nodes. */
    enum Way {
        TCP_V4,
        TCP_V6,
        UNIX,
        INPROC
    }

    @TempDir
    Path directory;

    private final List<Running> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(node -> node.runtime.close());
    }

    @ParameterizedTest
    @EnumSource
    void shake_hands(Way way) throws Exception {
        Running alice = start("alice", way);
        Running bob = start("bob", way);

        bob.connectTo(alice);

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(alice.events).contains(new EdgeUp(bob.id, "bob"));
            assertThat(bob.events).contains(new EdgeUp(alice.id, "alice"));
        });
    }

    @ParameterizedTest
    @EnumSource
    void say_goodbye(Way way) throws Exception {
        Running alice = start("alice", way);
        Running bob = start("bob", way);
        bob.connectTo(alice);

        alice.runtime.close();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bob.events).contains(new EdgeDown(alice.id, CloseReason.LEAVING)));
    }

    @ParameterizedTest
    @EnumSource
    void pass_messages_in_order(Way way) throws Exception {
        Running alice = start("alice", way);
        Running bob = start("bob", way);
        bob.subscribe();
        alice.subscribe();
        bob.connectTo(alice);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(alice.events).contains(new NodeEvent.Paired(TOPIC)));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(bob.events).contains(new NodeEvent.Paired(TOPIC)));

        List<String> expected =
                IntStream.range(0, 1_000).mapToObj(i -> "message " + i).toList();
        for (String text : expected) {
            assertThat(alice.publish(text)).isTrue();
        }

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(bob.delivered).isEqualTo(expected));
    }

    @Test
    void close_the_edge_on_which_a_bug_showed_and_live_on() throws Exception {
        Running alice = start("alice", Way.TCP_V4);
        Running bob = start("bob", Way.TCP_V4);
        bob.subscribe();
        alice.subscribe();
        bob.connectTo(alice);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(alice.events).contains(new NodeEvent.Paired(TOPIC)));
        bob.failNextDelivery = true;

        assertThat(alice.publish("poison")).isTrue();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(bob.events).contains(new EdgeDown(alice.id, CloseReason.INTERNAL));
            assertThat(alice.events).contains(new EdgeDown(bob.id, CloseReason.INTERNAL));
        });
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bob.events.stream().filter(new EdgeUp(alice.id, "alice")::equals))
                        .as("bob keeps his edges and dials again")
                        .hasSize(2));
    }

    @Test
    void survive_a_burst_of_large_messages_in_one_turn() throws Exception {
        Running alice = start("alice", Way.TCP_V4);
        Running bob = start("bob", Way.TCP_V4);
        bob.subscribe();
        alice.subscribe();
        bob.connectTo(alice);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(alice.events).contains(new NodeEvent.Paired(TOPIC)));
        ArrayPayload large = ArrayPayload.owning(new byte[512 << 10]);

        alice.runtime.execute((protocol, nowNanos) -> {
            for (int i = 0; i < 64; i++) {
                protocol.publish(TOPIC, Source.MESSAGES, 128, false, large, nowNanos);
            }
        });

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(bob.delivered).hasSizeGreaterThan(2));
        assertThat(alice.events).doesNotHaveAnyElementsOfTypes(EdgeDown.class);
        assertThat(bob.events).doesNotHaveAnyElementsOfTypes(EdgeDown.class);
    }

    private Running start(String name, Way way) throws IOException {
        Address address = switch (way) {
            case TCP_V4 -> Address.tcp("127.0.0.1", 0);
            case TCP_V6 -> Address.tcp("::1", 0);
            case UNIX -> Address.unix(directory.resolve(name).toString());
            case INPROC -> Address.inproc("two-nodes-" + name);
        };
        Running node = new Running(name, address);
        nodes.add(node);
        return node;
    }

    private static final class Running implements Application {
        private final List<NodeEvent> events = new CopyOnWriteArrayList<>();
        private final List<String> delivered = new CopyOnWriteArrayList<>();
        private final NodeRuntime runtime;
        private volatile NodeId id;
        private volatile boolean failNextDelivery;

        Running(String name, Address address) throws IOException {
            runtime = NodeRuntime.start(
                    RuntimeEnvironment.of(Environment.system()),
                    new RuntimeSettings(name, List.of(address), List.of(), true, TransportLimits.DEFAULTS),
                    this,
                    (bound, outbox, random) -> {
                        id = NodeId.random(random);
                        return new NodeProtocol(
                                new LocalNode(
                                        id,
                                        System.currentTimeMillis(),
                                        name,
                                        "two-nodes",
                                        bound,
                                        List.of(),
                                        false,
                                        false),
                                ProtocolSettings.DEFAULTS,
                                random,
                                outbox);
                    });
        }

        void connectTo(Running other) throws Exception {
            CompletableFuture<Peer> reached = new CompletableFuture<>();
            runtime.execute((protocol, nowNanos) -> protocol.connect(
                    other.runtime.addresses().get(0),
                    new Peers.Reach() {
                        @Override
                        public void onReached(Peer peer) {
                            reached.complete(peer);
                        }

                        @Override
                        public void onUnreachable() {
                            reached.completeExceptionally(new IllegalStateException("unreachable"));
                        }
                    },
                    nowNanos));
            reached.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        void subscribe() {
            runtime.execute((protocol, nowNanos) -> protocol.subscribe(TOPIC, nowNanos));
        }

        boolean publish(String text) throws InterruptedException {
            return runtime.publish(
                    TOPIC,
                    Source.MESSAGES,
                    128,
                    false,
                    ArrayPayload.owning(text.getBytes(StandardCharsets.UTF_8)),
                    null,
                    PATIENCE.toNanos());
        }

        @Override
        public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
            if (failNextDelivery) {
                failNextDelivery = false;
                throw new IllegalStateException("a bug");
            }
            delivered.add(new String(body.toByteArray(), StandardCharsets.UTF_8));
        }

        @Override
        public void gap(Source source, long from, long to) {
            delivered.add("gap " + from + " to " + to);
        }

        @Override
        public void datagramReceived(NodeId from, ArrayPayload payload) {}

        @Override
        public void emit(NodeEvent event) {
            events.add(event);
        }
    }
}
