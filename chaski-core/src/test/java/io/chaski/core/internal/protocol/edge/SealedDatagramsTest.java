package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.Violation;
import io.chaski.core.NodeId;
import io.chaski.core.ProbeResult;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.protocol.NodeProtocol.Probed;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.runtime.AesGcm;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.EdgeMessage;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.FindRequest;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.EdgeFrame.DatagramKey;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Row numbers are those of the hardening list, see docs/hostile-input.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SealedDatagramsTest {

    static final Address ANYWHERE = Address.tcp("203.0.113.9", 9_999);

    /** Later than any test. */
    static final Instant FAR_OFF = Instant.ofEpochSecond(1_000_000_000);

    final Wires wires = new Wires().secured();
    final Node alice = node("alice");
    final Node bob = node("bob");

    Node node(String name, Address... bootstrap) {
        Node node = wires.node(
                name,
                options -> options.edge(EdgeSettings.builder().secured(true).build())
                        .bootstrap(bootstrap));
        node.show(new LinkIdentity(Wires.identity(name), FAR_OFF));
        return node;
    }

    static ArrayPayload payload(String text) {
        return ArrayPayload.owning(text.getBytes(StandardCharsets.UTF_8));
    }

    void connect(Node from) {
        from.connect(bob.address());
        wires.settle();
    }

    boolean send(Node from, Node to, String text) {
        return from.protocol().sendDatagram(to.id(), payload(text), wires.nowNanos());
    }

    /** What travels to bob from now on, instead of getting there. */
    List<SealedMessage> intercept() {
        List<SealedMessage> caught = new ArrayList<>();
        wires.onDatagram(bob.address(), (from, datagram) -> caught.add((SealedMessage) datagram));
        return caught;
    }

    SealedMessage caught(Node from, String text) {
        List<SealedMessage> caught = intercept();
        send(from, bob, text);
        wires.settle();
        return caught.get(0);
    }

    void arrive(SealedMessage message) {
        wires.datagram(ANYWHERE, bob, message, Datagram.MAX_BYTES);
    }

    /** The key that bob has given last. */
    DatagramKey ofBob() {
        List<DatagramKey> given = bob.sent(DatagramKey.class);
        return given.get(given.size() - 1);
    }

    /** Sealed as whoever knows the key can do it, with any number. */
    static SealedMessage sealed(DatagramKey key, long seq, String text) {
        return new AesGcm(key.secret()).seal(key.id(), seq, payload(text));
    }

    List<String> heardByBob() {
        return bob.datagrams();
    }

    String fromAlice(String text) {
        return alice.id() + " " + text;
    }

    @Nested
    class A_message {
        @BeforeEach
        void connectThem() {
            connect(alice);
        }

        @Test
        void arrives_in_both_directions() {
            assertThat(send(alice, bob, "hello")).isTrue();
            assertThat(send(bob, alice, "good day")).isTrue();
            wires.settle();

            assertThat(bob.datagrams()).containsExactly(alice.id() + " hello");
            assertThat(alice.datagrams()).containsExactly(bob.id() + " good day");
        }

        @Test
        void is_the_peers_wherever_it_comes_from() {
            arrive(caught(alice, "hello"));

            assertThat(heardByBob()).containsExactly(fromAlice("hello"));
        }

        @Test
        void row_80_counts_once() {
            SealedMessage first = caught(alice, "hello");
            for (int i = 0; i < 3; i++) {
                arrive(first);
            }

            assertThat(heardByBob()).hasSize(1);
            assertThat(bob.counter("datagram.replayed")).isEqualTo(2);
        }

        @Test
        void row_81_is_too_old_when_1_024_have_overtaken_it() {
            List<SealedMessage> caught = intercept();
            for (int i = 0; i < 1_026; i++) {
                send(alice, bob, "message " + i);
            }
            wires.settle();
            arrive(caught.get(1_025));
            arrive(caught.get(1));
            arrive(caught.get(2));

            assertThat(heardByBob()).containsExactly(fromAlice("message 1025"), fromAlice("message 2"));
            assertThat(bob.counter("datagram.too-old")).isEqualTo(1);
        }

        @Test
        void row_82_with_any_bit_flipped_changes_nothing() {
            SealedMessage message = caught(alice, "hello");
            byte[] box = message.box().toByteArray();
            for (int bit = 0; bit < Long.SIZE; bit++) {
                arrive(new SealedMessage(message.key() ^ 1L << bit, message.seq(), message.box()));
                arrive(new SealedMessage(message.key(), message.seq() ^ 1L << bit, message.box()));
            }
            for (int bit = 0; bit < box.length * Byte.SIZE; bit++) {
                byte[] flipped = box.clone();
                flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                arrive(new SealedMessage(message.key(), message.seq(), ArrayPayload.owning(flipped)));
            }
            assertThat(heardByBob()).isEmpty();
            assertThat(bob.counter("datagram.unknown-key")).isEqualTo(64);
            assertThat(bob.counter("datagram.forged"))
                    .as("bits of the box, and those of the number that make another one of it that a key may have")
                    .isEqualTo(box.length * Byte.SIZE + 22);

            arrive(message);
            assertThat(heardByBob()).containsExactly(fromAlice("hello"));
        }

        @Test
        void row_82_with_a_number_beyond_the_last_one_is_not_even_opened() {
            for (long seq : new long[] {OutgoingKey.LAST_SEQ + 1, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
                arrive(sealed(ofBob(), seq, "beyond"));
            }
            assertThat(heardByBob()).isEmpty();
            assertThat(bob.counter("datagram.beyond-limit")).isEqualTo(4);

            arrive(sealed(ofBob(), OutgoingKey.LAST_SEQ, "the last one"));
            assertThat(heardByBob()).containsExactly(fromAlice("the last one"));
        }

        @Test
        void row_83_is_read_ten_thousand_times_a_second() {
            for (int i = 0; i < 12_000; i++) {
                send(alice, bob, "hello");
            }
            wires.settle();

            assertThat(heardByBob()).hasSize(10_000);
            assertThat(bob.counter("datagram.edge-over-limit")).isEqualTo(2_000);
        }

        @Test
        void row_83_forgeries_are_opened_a_thousand_times_a_second_and_take_nothing_from_the_peer() {
            ArrayPayload box = ArrayPayload.owning(new byte[100]);
            for (int i = 1; i <= 1_500; i++) {
                arrive(new SealedMessage(ofBob().id(), i, box));
            }
            assertThat(bob.counter("datagram.forged")).isEqualTo(1_000);
            assertThat(bob.counter("datagram.forged-over-limit")).isEqualTo(500);

            wires.advance(Duration.ofMillis(1));
            for (int i = 1; i <= 10_000; i++) {
                arrive(sealed(ofBob(), i, "hello"));
            }
            assertThat(heardByBob()).hasSize(10_000);
        }
    }

    @Nested
    class A_key {
        @BeforeEach
        void connectThem() {
            connect(alice);
        }

        @Test
        void is_another_one_in_each_direction_and_on_each_edge() {
            Node carol = node("carol");
            connect(carol);
            List<DatagramKey> given = new ArrayList<>();
            for (Node node : List.of(alice, bob, carol)) {
                given.addAll(node.sent(DatagramKey.class));
            }

            assertThat(given).hasSize(4);
            assertThat(given).extracting(DatagramKey::secret).doesNotHaveDuplicates();
            assertThat(bob.sent(DatagramKey.class)).extracting(DatagramKey::id).doesNotHaveDuplicates();
        }

        @Test
        void is_not_printed() {
            assertThat(ofBob()).hasToString("DatagramKey[id=" + ofBob().id() + ", secret=payload of 44 bytes]");
        }

        @Test
        void of_one_edge_opens_nothing_of_another() {
            DatagramKey toAlice = ofBob();
            Node carol = node("carol");
            connect(carol);
            DatagramKey toCarol = ofBob();
            arrive(new SealedMessage(
                    toAlice.id(), 1, sealed(toCarol, 1, "I am alice").box()));
            arrive(new AesGcm(toCarol.secret()).seal(toAlice.id(), 2, payload("I am alice")));
            arrive(sealed(toCarol, 1, "I am carol"));

            assertThat(heardByBob()).containsExactly(carol.id() + " I am carol");
            assertThat(bob.counter("datagram.forged")).isEqualTo(2);
        }

        @Test
        void ends_with_its_edge() {
            SealedMessage message = caught(alice, "hello");
            bob.protocol().disconnect(alice.id(), wires.nowNanos());
            arrive(message);
            wires.settle();
            connect(alice);
            arrive(message);

            assertThat(heardByBob()).isEmpty();
            assertThat(bob.counter("datagram.unknown-key")).isEqualTo(2);
        }

        @Test
        void ends_with_its_connection_and_the_edge_goes_on_with_that_of_the_next_one() {
            SealedMessage message = caught(alice, "hello");
            wires.onDatagram(bob.address(), (from, datagram) -> arrive((SealedMessage) datagram));
            wires.advance(Duration.ofSeconds(5));
            alice.protocol().onCredentials(wires.nowNanos());
            wires.advance(Duration.ofSeconds(30));
            send(alice, bob, "again");
            wires.settle();
            arrive(message);

            assertThat(bob.sent(DatagramKey.class)).hasSize(2);
            assertThat(heardByBob()).containsExactly(fromAlice("again"));
            assertThat(bob.counter("datagram.unknown-key")).isEqualTo(1);
        }

        @Test
        void is_changed_when_half_of_its_numbers_are_used_and_both_are_good_for_a_while() {
            DatagramKey first = ofBob();
            wires.advance(Duration.ofSeconds(2));
            arrive(sealed(first, LinkKeys.CHANGE_AT, "half"));
            wires.settle();
            DatagramKey second = ofBob();
            SealedMessage next = caught(alice, "next");
            assertThat(second.id()).isNotEqualTo(first.id());
            assertThat(second.secret()).isNotEqualTo(first.secret());
            assertThat(next.key()).isEqualTo(second.id());
            assertThat(next.seq()).isEqualTo(1);

            wires.advance(Duration.ofMinutes(5));
            arrive(sealed(first, 3 + LinkKeys.CHANGE_AT, "late, and nothing under the next key has come"));
            arrive(next);
            wires.advance(Duration.ofSeconds(9));
            arrive(sealed(first, 4 + LinkKeys.CHANGE_AT, "late"));
            wires.advance(Duration.ofSeconds(2));
            arrive(sealed(first, 5 + LinkKeys.CHANGE_AT, "too late"));
            arrive(sealed(second, 2, "in time"));

            assertThat(heardByBob())
                    .containsExactly(
                            fromAlice("half"),
                            fromAlice("late, and nothing under the next key has come"),
                            fromAlice("next"),
                            fromAlice("late"),
                            fromAlice("in time"));
            assertThat(bob.counter("datagram.unknown-key")).isEqualTo(1);
            assertThat(bob.sent(DatagramKey.class)).hasSize(2);
        }

        @Test
        void is_changed_once_a_second_at_most_whatever_numbers_come() {
            wires.advance(Duration.ofSeconds(2));
            for (int i = 0; i < 100; i++) {
                arrive(sealed(ofBob(), LinkKeys.CHANGE_AT + i, "high"));
            }
            assertThat(bob.sent(DatagramKey.class)).hasSize(2);

            wires.advance(Duration.ofSeconds(1));
            arrive(sealed(ofBob(), LinkKeys.CHANGE_AT + 100, "high"));
            assertThat(bob.sent(DatagramKey.class)).hasSize(3);
            assertThat(heardByBob()).hasSize(101);
        }

        @Test
        void is_changed_every_hour() {
            wires.advance(Duration.ofMinutes(47));
            assertThat(bob.sent(DatagramKey.class)).hasSize(1);

            wires.advance(Duration.ofMinutes(26));
            assertThat(bob.sent(DatagramKey.class)).hasSize(2);
            send(alice, bob, "hello");
            wires.settle();
            assertThat(heardByBob()).containsExactly(fromAlice("hello"));
        }
    }

    @Nested
    class What_is_not_sealed {
        final List<Datagram> answers = new ArrayList<>();

        @Test
        void rows_75_to_79_is_neither_answered_nor_believed() {
            wires.onDatagram(ANYWHERE, (from, datagram) -> answers.add(datagram));
            connect(alice);
            HelloAck ack = bob.sent(HelloAck.class).get(0);
            for (Datagram datagram : List.of(
                    new StatusRequest(1, "test"),
                    new FindRequest(new NodeId(1, 1), "test", 7),
                    new StatusReply(5, alice.id(), 1, "alice", false, true, 0, 0, List.of()),
                    new FindReply(new NodeId(1, 1), 7, List.of()),
                    new EdgeMessage(ack.datagramToken(), ack.datagramTokenLow(), payload("hello")))) {
                wires.datagram(ANYWHERE, bob, datagram, Datagram.MAX_BYTES);
            }
            wires.settle();

            assertThat(answers).isEmpty();
            assertThat(heardByBob()).isEmpty();
            assertThat(bob.counter("datagram.in-clear")).isEqualTo(5);
        }

        @Test
        void is_not_asked_for_at_bootstrap_nodes() {
            Address deaf = Address.tcp("10.66.66.66", 8511);
            for (Address at : List.of(deaf, bob.address())) {
                wires.onDatagram(at, (from, datagram) -> answers.add(datagram));
            }
            Node carol = node("carol", bob.address(), deaf);
            carol.protocol().subscribe("t", wires.nowNanos());
            wires.advance(Duration.ofMinutes(2));

            assertThat(carol.peers()).containsExactly(bob.id());
            assertThat(answers).isEmpty();
        }

        @Test
        void is_not_needed_for_a_probe() {
            wires.onDatagram(bob.address(), (from, datagram) -> answers.add(datagram));
            List<Object> outcomes = new ArrayList<>();
            long deadline = wires.nowNanos() + Duration.ofSeconds(20).toNanos();
            alice.protocol()
                    .probe(
                            bob.address(),
                            deadline,
                            new Probed() {
                                @Override
                                public void onAnswer(ProbeResult result) {
                                    outcomes.add(result.id());
                                }

                                @Override
                                public void onNoAnswer() {
                                    outcomes.add("no answer");
                                }

                                @Override
                                public void onTooMany() {
                                    outcomes.add("too many");
                                }
                            },
                            wires.nowNanos());
            wires.settle();

            assertThat(outcomes).containsExactly(bob.id());
            assertThat(answers).isEmpty();
        }
    }

    @Nested
    class Without {
        @Test
        void a_UDP_port_there_are_no_keys() {
            alice.closeUdp();
            connect(alice);

            assertThat(alice.sent(DatagramKey.class)).isEmpty();
            assertThat(alice.counter("datagram.key-unwanted")).isEqualTo(1);
            assertThat(send(alice, bob, "hello")).isFalse();
            assertThat(send(bob, alice, "hello")).isFalse();
            assertThat(bob.counter("datagram.no-key")).isEqualTo(1);
        }

        @Test
        void an_identity_there_are_no_keys_and_nothing_sealed_is_opened() {
            Wires open = new Wires();
            Node plain = open.node("plain");
            Stranger stranger = open.stranger(plain, ANYWHERE);
            stranger.send(IdentityTest.hello(new NodeId(5, 5), 1));
            stranger.send(new HelloAck(1, 0, 1, 2));
            stranger.send(new DatagramKey(7, ArrayPayload.owning(new byte[44])));
            open.settle();
            open.datagram(
                    ANYWHERE, plain, new SealedMessage(7, 1, ArrayPayload.owning(new byte[20])), Datagram.MAX_BYTES);

            assertThat(plain.sent(DatagramKey.class)).isEmpty();
            assertThat(plain.counter("datagram.key-unwanted")).isEqualTo(1);
            assertThat(plain.counter("datagram.unknown-key")).isEqualTo(1);
            assertThat(plain.peers()).hasSize(1);
        }

        @Test
        void the_right_to_send_messages_they_are_not_heard() {
            connect(alice);
            bob.protocol().onRules(AccessRules.of(Policy.members()), wires.nowNanos());
            send(alice, bob, "hello");
            wires.settle();
            assertThat(heardByBob()).isEmpty();
            assertThat(bob.counter("access.refused")).isEqualTo(1);

            Policy calls = Policy.parse("{\"version\":1,\"domain\":\"test.example\",\"roles\":{\"all\":{"
                    + "\"match\":[\"chaski://test.example/**\"],\"rpc.call\":[\"chaski.datagram\"]}}}");
            bob.protocol().onRules(AccessRules.of(calls), wires.nowNanos());
            send(alice, bob, "hello");
            wires.settle();
            assertThat(heardByBob()).containsExactly(fromAlice("hello"));
        }
    }

    @Test
    void a_flood_of_keys_ends_the_edge() {
        Stranger mallory = wires.stranger(bob, ANYWHERE, new LinkIdentity(Wires.identity("mallory"), FAR_OFF));
        mallory.send(IdentityTest.hello(Wires.identity("mallory").nodeId(), 1));
        mallory.send(new HelloAck(1, 0, 1, 2));
        for (int i = 0; i <= ControlBudget.FRAMES; i++) {
            mallory.send(new DatagramKey(i, ArrayPayload.owning(new byte[44])));
        }
        wires.settle();

        assertThat(bob.events(Violation.class))
                .extracting(Violation::reason)
                .containsExactly(CloseReason.CONTROL_FLOOD);
        assertThat(bob.peers()).isEmpty();
    }
}
