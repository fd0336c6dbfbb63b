package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeEvent.HandshakeFailed;
import io.chaski.core.NodeEvent.TwoKeys;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.WireLimits;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.PeerIdentity;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class IdentityTest {

    /** The wall clock of all nodes at their start. */
    static final Instant START = Instant.ofEpochMilli(1_000);

    static final Duration LIFETIME = Duration.ofSeconds(100);
    static final Address ELSEWHERE = Address.tcp("203.0.113.9", 40_000);

    final Wires wires = new Wires();

    static PeerIdentity identity(String name, int key) {
        return new PeerIdentity(
                PeerIdentity.Kind.CA,
                "chaski://plant-7.example/node/" + name,
                BigInteger.valueOf(key),
                new Fingerprint(key, 0, 0, 0),
                START.plus(LIFETIME));
    }

    static LinkIdentity proof(String name, int key) {
        return new LinkIdentity(identity(name, key), START.plus(LIFETIME));
    }

    private Node node(String name) {
        Node node = wires.node(
                name,
                options -> options.edge(EdgeSettings.builder().secured(true).build())
                        .id(identity(name, 1).nodeId()));
        node.show(proof(name, 1));
        return node;
    }

    static Hello hello(NodeId id, long epoch) {
        Descriptor self = new Descriptor(id, epoch, List.of(), false, false, false, TopicSummary.NONE, 0);
        return new Hello(1, 1, "test", "mallory", self, 42, WireLimits.DEFAULT_MAX_FRAME, 0, 1_000);
    }

    private Stranger caller(Node node, LinkIdentity shown, NodeId claimed, long epoch) {
        Stranger stranger = wires.stranger(node, ELSEWHERE, shown);
        stranger.send(hello(claimed, epoch));
        stranger.send(new HelloAck(1, 0, 1, 2));
        wires.settle();
        return stranger;
    }

    @Test
    void two_nodes_know_who_the_other_one_is() {
        Node alice = node("alice");
        Node bob = node("bob");
        alice.connect(bob.address());
        wires.settle();

        assertThat(alice.protocol().peers().get(bob.id()).identity()).isEqualTo(identity("bob", 1));
        assertThat(bob.protocol().peers().get(alice.id()).identity()).isEqualTo(identity("alice", 1));
    }

    @Test
    void row_29_who_claims_the_id_of_somebody_else_is_refused() {
        Node alice = node("alice");

        Stranger eve = caller(alice, proof("eve", 2), identity("bob", 1).nodeId(), 1);

        assertThat(eve.takeReceived())
                .containsExactly(new Goodbye(CloseReason.IDENTITY, 0, "the id is not that of the certificate"));
        assertThat(alice.peers()).isEmpty();
    }

    @Test
    void who_proves_nothing_is_refused_whatever_he_says() {
        Node alice = node("alice");

        Stranger eve = caller(alice, null, identity("eve", 2).nodeId(), 1);

        assertThat(eve.takeReceived())
                .extracting(frame -> ((Goodbye) frame).reason())
                .containsExactly(CloseReason.UNTRUSTED);
    }

    @Test
    void who_is_not_the_one_that_was_dialled_hears_no_greeting() {
        Node alice = node("alice");
        Node bob = node("bob");
        Descriptor wrong = new Descriptor(
                identity("carol", 3).nodeId(), 1, List.of(bob.address()), true, false, false, TopicSummary.NONE, 0);

        Wires.Reached reached = alice.reach(wrong);
        wires.settle();

        assertThat(reached.outcomes()).containsExactly("unreachable");
        assertThat(alice.events(HandshakeFailed.class))
                .containsExactly(new HandshakeFailed(bob.address(), CloseReason.IDENTITY));
        assertThat(alice.sent(Hello.class)).isEmpty();
    }

    @Nested
    class The_deadline_of_a_connection {
        @Test
        void leaves_five_seconds_for_TLS() {
            Node alice = node("alice");
            wires.stranger(alice, ELSEWHERE);

            wires.advance(Duration.ofMillis(6_900));
            assertThat(alice.events(HandshakeFailed.class)).isEmpty();

            wires.advance(Duration.ofMillis(200));
            assertThat(alice.events(HandshakeFailed.class))
                    .containsExactly(new HandshakeFailed(ELSEWHERE, CloseReason.HELLO_TIMEOUT));
        }

        @Test
        void is_two_seconds_away_when_TLS_is_done() {
            Node alice = node("alice");
            wires.stranger(alice, ELSEWHERE, proof("eve", 2));

            wires.advance(Duration.ofMillis(1_900));
            assertThat(alice.events(HandshakeFailed.class)).isEmpty();

            wires.advance(Duration.ofMillis(200));
            assertThat(alice.events(HandshakeFailed.class)).hasSize(1);
        }
    }

    @Nested
    class A_proof_that_does_not_count_any_more {
        final Node alice = node("alice");
        final Node bob = node("bob");

        @Test
        void ends_the_edge() {
            alice.connect(bob.address());
            wires.settle();

            alice.protocol().onDistrusted(alice.links().get(0), CloseReason.EXPIRED, wires.nowNanos());
            wires.settle();

            assertThat(alice.events(EdgeDown.class)).containsExactly(new EdgeDown(bob.id(), CloseReason.EXPIRED));
            assertThat(bob.events(EdgeDown.class)).containsExactly(new EdgeDown(alice.id(), CloseReason.EXPIRED));
        }

        @Test
        void ends_only_its_connection_if_there_is_another_one() {
            alice.connect(bob.address());
            wires.advance(Duration.ofSeconds(5));
            int older = alice.links().get(0);
            alice.show(proof("alice", 2));
            alice.protocol().onCredentials(wires.nowNanos());
            for (int i = 0; i < 5_000 && alice.counter("edge.duplicates") == 0; i++) {
                wires.advance(Duration.ofMillis(1)); // until both stand
            }
            assertThat(alice.links()).hasSize(2).contains(older);
            alice.protocol().onDistrusted(older, CloseReason.UNTRUSTED, wires.nowNanos());
            wires.advance(Duration.ofSeconds(5));

            assertThat(alice.peers()).containsExactly(bob.id());
            assertThat(alice.events(EdgeDown.class)).isEmpty();
            assertThat(bob.events(EdgeDown.class)).isEmpty();
        }
    }

    @Nested
    class Connections_are_made_again {
        final Node alice = node("alice");
        final Node bob = node("bob");

        private void assertReplacedOnce() {
            assertThat(alice.openConnections()).isEqualTo(1);
            assertThat(alice.events(EdgeDown.class)).isEmpty();
            assertThat(bob.events(EdgeDown.class)).isEmpty();
            assertThat(alice.counter("edge.duplicates")).isEqualTo(1);
        }

        @Test
        void at_nine_tenths_of_their_time_by_the_side_that_dialled() {
            alice.connect(bob.address());
            wires.advance(Duration.ofSeconds(88));
            assertThat(alice.dialled()).hasSize(1);
            LinkIdentity renewed = new LinkIdentity(identity("bob", 2), START.plus(LIFETIME.multipliedBy(9)));
            bob.show(renewed);
            alice.show(new LinkIdentity(identity("alice", 1), renewed.until()));

            wires.advance(Duration.ofSeconds(7));

            assertReplacedOnce();
            assertThat(alice.dialled()).hasSize(2);
            assertThat(bob.dialled()).isEmpty();
            assertThat(alice.protocol().peers().get(bob.id()).identity()).isEqualTo(renewed.peer());
        }

        @Test
        void after_a_renewal_by_whoever_has_renewed() {
            alice.connect(bob.address());
            wires.advance(Duration.ofSeconds(5));
            bob.show(proof("bob", 2));
            bob.protocol().onCredentials(wires.nowNanos());

            wires.advance(Duration.ofSeconds(5));

            assertReplacedOnce();
            assertThat(bob.dialled()).containsExactly(alice.address());
            assertThat(alice.protocol().peers().get(bob.id()).identity()).isEqualTo(identity("bob", 2));
            assertThat(alice.events(TwoKeys.class)).isEmpty();
        }

        @Test
        void not_before_they_have_settled_and_not_for_ever() {
            alice.connect(bob.address());
            wires.settle();
            alice.protocol().onCredentials(wires.nowNanos());
            wires.advance(Duration.ofSeconds(60));

            assertReplacedOnce();
        }
    }

    @Test
    void two_keys_of_one_identity_in_two_incarnations_are_an_alarm() {
        Node alice = node("alice");
        NodeId bob = identity("bob", 1).nodeId();
        caller(alice, proof("bob", 1), bob, 5);

        caller(alice, proof("bob", 2), bob, 6);

        assertThat(alice.events(TwoKeys.class)).containsExactly(new TwoKeys(bob, ELSEWHERE));
        assertThat(alice.protocol().peers().get(bob).identity()).isEqualTo(identity("bob", 2));
    }
}
