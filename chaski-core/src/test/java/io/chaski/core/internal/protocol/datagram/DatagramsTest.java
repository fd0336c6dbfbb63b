package io.chaski.core.internal.protocol.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.ProbeResult;
import io.chaski.core.ProbeResult.ProbedTopic;
import io.chaski.core.Topic;
import io.chaski.core.internal.protocol.NodeProtocol.Probed;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.EdgeMessage;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.FindRequest;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DatagramsTest {

    static final Address ASKER = Address.tcp("10.9.9.9", 9_999);

    final Wires wires = new Wires();
    final Node alice = wires.node("alice");
    final Node bob = wires.node("bob");
    final List<Datagram> answers = new ArrayList<>();

    @BeforeEach
    void listen() {
        wires.onDatagram(ASKER, (from, datagram) -> answers.add(datagram));
    }

    void ask(Datagram question) {
        wires.datagram(ASKER, alice, question, Datagram.MAX_BYTES);
        wires.settle();
    }

    static final class Answers implements Probed {
        final List<Object> outcomes = new ArrayList<>();

        @Override
        public void onAnswer(ProbeResult result) {
            outcomes.add(result);
        }

        @Override
        public void onNoAnswer() {
            outcomes.add("no answer");
        }

        @Override
        public void onTooMany() {
            outcomes.add("too many");
        }
    }

    Answers probe(Address address, Duration limit) {
        Answers probed = new Answers();
        alice.protocol().probe(address, wires.nowNanos() + limit.toNanos(), probed, wires.nowNanos());
        return probed;
    }

    @Nested
    class A_probe {
        @Test
        void is_answered_with_what_the_node_is() {
            bob.protocol().subscribe("t", wires.nowNanos());
            Answers probed = probe(bob.address(), Duration.ofSeconds(1));
            wires.settle();

            assertThat(probed.outcomes)
                    .containsExactly(new ProbeResult(
                            bob.address(),
                            bob.id(),
                            1_000,
                            "bob",
                            "test",
                            false,
                            true,
                            OptionalInt.of(0),
                            OptionalInt.of(0),
                            List.of(new ProbedTopic(TopicSummary.hashOf("t"), OptionalInt.of(0))),
                            true));
        }

        @Test
        void N23_tells_how_a_topic_is_paired() {
            for (Node node : List.of(alice, bob)) {
                node.protocol().subscribe("t", wires.nowNanos());
            }
            alice.connect(bob.address());
            wires.settle();
            Answers probed = probe(bob.address(), Duration.ofSeconds(1));
            wires.settle();

            ProbeResult result = (ProbeResult) probed.outcomes.get(0);
            assertThat(result.edges()).hasValue(1);
            assertThat(result.neighbours(Topic.text("t"))).hasValue(1);
            assertThat(result.neighbours(Topic.text("u"))).isEmpty();
        }

        @Test
        void X_33_of_a_dead_address_ends_in_time() {
            Address dead = Address.tcp("10.66.66.66", 8511);
            wires.swallow(dead);
            Answers probed = probe(dead, Duration.ofMillis(500));
            wires.advance(Duration.ofMillis(499));
            assertThat(probed.outcomes).isEmpty();

            wires.advance(Duration.ofMillis(1));
            assertThat(probed.outcomes).containsExactly("no answer");
        }

        @Test
        void is_not_even_sent_while_64_are_under_way() {
            Address dead = Address.tcp("10.66.66.66", 8511);
            List<Answers> probes = IntStream.range(0, 65)
                    .mapToObj(i -> probe(dead, Duration.ofSeconds(i < 64 ? 1 : 20)))
                    .toList();
            wires.settle();
            assertThat(probes.get(64).outcomes).containsExactly("too many");
            assertThat(alice.tables()).containsEntry("probes of addresses", new ToldTable(64, 64));
            assertThat(probes.subList(0, 64))
                    .allSatisfy(waiting -> assertThat(waiting.outcomes).isEmpty());

            wires.advance(Duration.ofSeconds(1));
            Answers next = probe(bob.address(), Duration.ofSeconds(1));
            wires.settle();
            assertThat(next.outcomes).hasSize(1).first().isInstanceOf(ProbeResult.class);
        }

        @Test
        void is_repeated_twice_at_growing_intervals() {
            List<Long> asked = new ArrayList<>();
            long start = wires.nowNanos();
            Address deaf = Address.tcp("10.66.66.66", 8511);
            wires.onDatagram(deaf, (from, datagram) -> asked.add((wires.nowNanos() - start) / 1_000_000));
            probe(deaf, Duration.ofSeconds(10));
            wires.advance(Duration.ofSeconds(10));

            assertThat(asked).containsExactly(10L, 210L, 610L);
        }

        @Test
        void goes_over_TCP_when_UDP_stays_silent_and_leaves_no_edge() {
            wires.onDatagram(bob.address(), (from, datagram) -> {});
            bob.protocol().subscribe("t", wires.nowNanos());
            Answers probed = probe(bob.address(), Duration.ofSeconds(2));
            wires.advance(Duration.ofMillis(1_100));

            assertThat(probed.outcomes).containsExactly(greeted());
            assertNoEdgeWasMade();
        }

        private ProbeResult greeted() {
            return new ProbeResult(
                    bob.address(),
                    bob.id(),
                    1_000,
                    "bob",
                    "test",
                    false,
                    true,
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    List.of(new ProbedTopic(TopicSummary.hashOf("t"), OptionalInt.empty())),
                    false);
        }

        private void assertNoEdgeWasMade() {
            for (Node node : List.of(alice, bob)) {
                assertThat(node.events()).isEmpty();
                assertThat(node.openConnections()).isZero();
            }
        }

        @Test
        void goes_over_TCP_at_once_from_a_node_without_UDP() {
            bob.protocol().subscribe("t", wires.nowNanos());
            alice.closeUdp();
            Answers probed = probe(bob.address(), Duration.ofSeconds(20));
            wires.settle();

            assertThat(probed.outcomes).containsExactly(greeted());
            assertNoEdgeWasMade();
        }

        @Test
        void of_nobody_from_a_node_without_UDP_ends_at_once() {
            alice.closeUdp();
            Answers probed = probe(Address.tcp("10.66.66.66", 8511), Duration.ofSeconds(20));
            wires.settle();

            assertThat(probed.outcomes).containsExactly("no answer");
            assertThat(alice.events()).isEmpty();
        }

        @Test
        void over_TCP_leaves_the_edge_that_stands_alone() {
            alice.connect(bob.address());
            wires.settle();
            alice.closeUdp();
            Answers probed = probe(bob.address(), Duration.ofSeconds(20));
            wires.settle();

            assertThat(probed.outcomes).hasSize(1);
            assertThat(alice.peers()).containsExactly(bob.id());
            assertThat(bob.peers()).containsExactly(alice.id());
            assertThat(alice.events()).containsExactly(new NodeEvent.EdgeUp(bob.id(), "bob"));
            assertThat(alice.openConnections()).isEqualTo(1);
        }

        @Test
        void of_another_cluster_is_not_answered() {
            Node foreigner = wires.node("foreigner", options -> options.cluster("theirs"));
            Answers probed = probe(foreigner.address(), Duration.ofSeconds(2));
            wires.advance(Duration.ofSeconds(2));

            assertThat(probed.outcomes).containsExactly("no answer");
            assertThat(alice.events()).isEmpty();
        }
    }

    @Nested
    class A_stranger {
        @Test
        void rows_75_to_79_gets_no_answer_larger_than_the_question() {
            wires.datagram(ASKER, alice, new StatusRequest(1, "test"), 40);
            wires.settle();

            assertThat(answers).isEmpty();
            assertThat(alice.counter("datagram.unpadded")).isEqualTo(1);
        }

        @Test
        void of_another_cluster_gets_no_answer() {
            ask(new StatusRequest(1, "theirs"));
            ask(new FindRequest(new NodeId(1, 1), "theirs", 7));

            assertThat(answers).isEmpty();
            assertThat(alice.counter("datagram.other-cluster")).isEqualTo(2);
        }

        @Test
        void who_answers_what_nobody_asked_is_ignored_and_counted() {
            ask(new StatusReply(5, bob.id(), 1, "bob", false, true, 0, 0, List.of()));
            ask(new FindReply(new NodeId(1, 1), 7, List.of()));

            assertThat(alice.counter("datagram.unasked")).isEqualTo(2);
        }

        @Test
        void who_asks_for_members_hears_of_those_this_node_knows() {
            bob.protocol().subscribe("t", wires.nowNanos());
            alice.connect(bob.address());
            wires.settle();
            ask(new FindRequest(new NodeId(1, 1), "test", TopicSummary.hashOf("t")));

            assertThat(answers)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            FindReply.class,
                            reply -> assertThat(reply.members())
                                    .extracting(Descriptor::id)
                                    .containsExactly(bob.id()));
        }

        @Test
        void row_83_who_floods_is_heard_fifty_times_a_second() {
            for (int i = 0; i < 1_000; i++) {
                wires.datagram(ASKER, alice, new StatusRequest(i, "test"), Datagram.MAX_BYTES);
            }
            wires.settle();

            assertThat(answers).hasSize(50);
            assertThat(alice.counter("datagram.over-limit")).isEqualTo(950);
        }

        @Test
        void row_83_who_has_a_whole_IPv6_network_is_one_host() {
            for (int i = 0; i < 1_000; i++) {
                Address from = Address.tcp("2001:db8::" + Integer.toHexString(i), 9_999);
                wires.datagram(from, alice, new StatusRequest(i, "test"), Datagram.MAX_BYTES);
            }
            assertThat(alice.counter("datagram.over-limit")).isEqualTo(950);

            wires.datagram(
                    Address.tcp("2001:db8:0:1::1", 9_999), alice, new StatusRequest(1, "test"), Datagram.MAX_BYTES);
            assertThat(alice.counter("datagram.over-limit")).isEqualTo(950);
        }

        @Test
        void row_83_who_has_ever_other_addresses_fills_no_table() {
            for (int i = 0; i < 1_100; i++) {
                assertThat(alice.tables())
                        .containsEntry("hosts heard over UDP", new ToldTable(Math.min(i, 1_024), 1_024));
                Address from = Address.tcp("10.8." + i / 256 + '.' + i % 256, 9_999);
                wires.datagram(from, alice, new StatusRequest(i, "test"), Datagram.MAX_BYTES);
            }
        }

        @Test
        void row_83_who_makes_up_tokens_is_heard_fifty_times_a_second() {
            ArrayPayload nothing = ArrayPayload.owning(new byte[0]);
            for (int i = 0; i < 1_000; i++) {
                wires.datagram(ASKER, alice, new EdgeMessage(i, i, nothing), 40);
            }

            assertThat(alice.counter("datagram.unknown-token")).isEqualTo(50);
            assertThat(alice.counter("datagram.over-limit")).isEqualTo(950);
        }

        @Test
        void of_this_machine_has_no_limit_of_its_own() {
            Address neighbour = Address.tcp("127.0.0.1", 9_999);
            wires.onDatagram(neighbour, (from, datagram) -> answers.add(datagram));
            for (int i = 0; i < 1_000; i++) {
                wires.datagram(neighbour, alice, new StatusRequest(i, "test"), Datagram.MAX_BYTES);
            }
            wires.settle();

            assertThat(answers).hasSize(1_000);
        }

        @Test
        void row_83_all_together_are_heard_two_thousand_times_a_second() {
            for (int i = 0; i < 5_000; i++) {
                Address from = Address.tcp("10.1." + i / 250 + "." + i % 250, 9_999);
                wires.datagram(from, alice, new StatusRequest(i, "test"), Datagram.MAX_BYTES);
            }

            assertThat(alice.counter("datagram.over-limit")).isEqualTo(3_000);
        }
    }

    @Nested
    class A_message_beside_the_edge {
        final ArrayPayload hello = ArrayPayload.owning("hello".getBytes(StandardCharsets.UTF_8));

        @BeforeEach
        void connect() {
            alice.connect(bob.address());
            wires.settle();
        }

        @Test
        void arrives_in_both_directions() {
            assertThat(alice.protocol().sendDatagram(bob.id(), hello, wires.nowNanos()))
                    .isTrue();
            wires.settle();
            assertThat(bob.datagrams()).containsExactly(alice.id() + " hello");
        }

        @Test
        void has_no_limit_of_strangers() {
            send(1_000);

            assertThat(bob.datagrams()).hasSize(1_000);
        }

        @Test
        void arrives_while_strangers_flood_the_node() {
            for (int i = 0; i < 5_000; i++) {
                Address from = Address.tcp("10.1." + i / 250 + "." + i % 250, 9_999);
                wires.datagram(from, bob, new StatusRequest(i, "test"), Datagram.MAX_BYTES);
            }
            send(1);

            assertThat(bob.datagrams()).hasSize(1);
        }

        @Test
        void row_83_is_read_ten_thousand_times_a_second() {
            Node carol = wires.node("carol");
            carol.connect(bob.address());
            wires.settle();
            send(12_000);
            assertThat(bob.datagrams()).hasSize(10_000);
            assertThat(bob.counter("datagram.edge-over-limit")).isEqualTo(2_000);

            carol.protocol().sendDatagram(bob.id(), hello, wires.nowNanos());
            wires.settle();
            assertThat(bob.datagrams()).last().isEqualTo(carol.id() + " hello");
        }

        private void send(int count) {
            for (int i = 0; i < count; i++) {
                alice.protocol().sendDatagram(bob.id(), hello, wires.nowNanos());
            }
            wires.settle();
        }

        @Test
        void with_a_token_that_was_never_given_is_dropped() {
            ask(new EdgeMessage(1, 2, hello));

            assertThat(alice.datagrams()).isEmpty();
            assertThat(alice.counter("datagram.unknown-token")).isEqualTo(1);
        }

        @Test
        void of_too_many_bytes_is_refused() {
            ArrayPayload large = ArrayPayload.owning(new byte[Datagrams.MAX_MESSAGE_BYTES + 1]);

            assertThat(alice.protocol().sendDatagram(bob.id(), large, wires.nowNanos()))
                    .isFalse();
        }

        @Test
        void without_an_edge_is_refused() {
            assertThat(alice.protocol().sendDatagram(new NodeId(9, 9), hello, wires.nowNanos()))
                    .isFalse();
        }
    }
}
