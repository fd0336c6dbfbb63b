package io.chaski.core.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.Diagnosis;
import io.chaski.core.Diagnosis.Finding;
import io.chaski.core.Diagnosis.Kind;
import io.chaski.core.NodeId;
import io.chaski.core.ProbeResult;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.WireLimits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DiagnosticsTest {

    static final Address NOBODY = Address.tcp("10.66.66.66", 8511);

    final Wires wires = new Wires();

    Node member(String name, Address... bootstrap) {
        Node node = wires.node(name, options -> options.automatic().bootstrap(bootstrap));
        node.protocol().subscribe("t", wires.nowNanos());
        return node;
    }

    Diagnosis diagnose(Node node) {
        return node.protocol().diagnose("t", wires.nowNanos());
    }

    List<Kind> kinds(Node node) {
        return diagnose(node).findings().stream().map(Finding::kind).toList();
    }

    @Nested
    class A_topic {
        @Test
        void with_neighbours_is_paired() {
            Node alice = member("alice");
            Node bob = member("bob", alice.address());
            wires.advance(Duration.ofSeconds(2));

            assertThat(diagnose(bob))
                    .isEqualTo(new Diagnosis("t", true, List.of(new Finding(Kind.PAIRED, "1 neighbours"))));
        }

        @Test
        void that_the_node_does_not_subscribe_to_is_named() {
            Node alice = wires.node("alice", Wires.Options::automatic);

            assertThat(kinds(alice)).contains(Kind.NOT_SUBSCRIBED);
        }

        @Test
        void whose_members_nobody_knows_is_alone() {
            Node alice = wires.node("alice", Wires.Options::automatic);
            Node bob = member("bob", alice.address());
            wires.advance(Duration.ofSeconds(2));

            assertThat(kinds(bob)).containsExactly(Kind.NO_MEMBER_KNOWN);
        }

        @Test
        void whose_members_cannot_be_dialled_says_so() {
            wires.swallow(NOBODY);
            Node alice = member("alice");
            Stranger gossip = wires.stranger(alice, Address.tcp("10.9.9.9", 50_000));
            Descriptor self =
                    new Descriptor(new NodeId(1, 99), 1, List.of(), false, false, false, TopicSummary.NONE, 0);
            gossip.send(new Hello(1, 1, "test", "gossip", self, 99, WireLimits.DEFAULT_MAX_FRAME, 0, 1_000));
            gossip.send(new HelloAck(1, 0, 7, 8));
            gossip.send(new InternTopic(1, "t"));
            Descriptor hint = new Descriptor(
                    new NodeId(5, 5),
                    1,
                    List.of(NOBODY),
                    true,
                    false,
                    false,
                    TopicSummary.of(List.of(TopicSummary.hashOf("t"))),
                    0);
            gossip.send(new Shuffle(1, self, List.of(hint), 0));
            wires.advance(Duration.ofMillis(1_500));

            assertThat(kinds(alice)).contains(Kind.DIAL_REFUSED);
        }
    }

    @Nested
    class A_bootstrap_address {
        @Test
        void may_be_missing() {
            assertThat(kinds(member("alice"))).containsExactly(Kind.NO_BOOTSTRAP);
        }

        @Test
        void may_be_being_dialled() {
            wires.swallow(NOBODY);
            Node alice = member("alice", NOBODY);
            wires.advance(Duration.ofMillis(100));

            assertThat(kinds(alice)).containsExactly(Kind.BOOTSTRAP_PENDING);
        }

        @Test
        void may_refuse() {
            Node alice = member("alice", NOBODY);
            wires.advance(Duration.ofSeconds(1));

            assertThat(kinds(alice)).containsExactly(Kind.BOOTSTRAP_REFUSED);
        }

        @Test
        void may_be_silent() {
            wires.swallow(NOBODY);
            Node alice = member("alice", NOBODY);
            wires.advance(Duration.ofSeconds(5));

            assertThat(kinds(alice)).containsExactly(Kind.BOOTSTRAP_SILENT);
        }

        @Test
        void may_be_of_another_cluster() {
            Node foreigner = wires.node("foreigner", options -> options.cluster("theirs"));
            Node alice = member("alice", foreigner.address());
            wires.advance(Duration.ofSeconds(1));

            assertThat(kinds(alice)).containsExactly(Kind.OTHER_CLUSTER);
        }

        @Test
        void may_be_of_another_version() {
            wires.answer(NOBODY, new Goodbye(CloseReason.VERSION, 0, "only version 9 is spoken here"));
            Node alice = member("alice", NOBODY);
            wires.advance(Duration.ofSeconds(1));

            assertThat(kinds(alice)).containsExactly(Kind.OTHER_VERSION);
        }

        @Test
        void may_be_its_own() {
            Address own = Address.tcp("10.0.0.1", 8511);
            Node alice = member("alice", own);
            wires.advance(Duration.ofSeconds(1));

            assertThat(alice.address()).isEqualTo(own);
            assertThat(kinds(alice)).containsExactly(Kind.NO_MEMBER_KNOWN);
        }
    }

    @Nested
    class UDP {
        final Node root = wires.node("root", Wires.Options::automatic);

        @Test
        void is_dead_when_a_bootstrap_node_with_an_edge_does_not_answer() {
            wires.onDatagram(root.address(), (from, datagram) -> {});
            Node alice = member("alice", root.address());
            wires.advance(Duration.ofSeconds(3));

            assertThat(kinds(alice)).contains(Kind.UDP_DEAD);
        }

        @Test
        void is_alive_when_one_answers() {
            Node alice = member("alice", root.address());
            wires.advance(Duration.ofSeconds(3));

            assertThat(kinds(alice)).doesNotContain(Kind.UDP_DEAD);
        }

        @Test
        void is_not_dead_because_a_dead_node_was_probed() {
            Node alice = member("alice", root.address());
            alice.protocol().probe(NOBODY, wires.nowNanos() + 1_000_000_000L, new Unanswered(), wires.nowNanos());
            wires.advance(Duration.ofSeconds(3));

            assertThat(kinds(alice)).doesNotContain(Kind.UDP_DEAD);
        }

        @Test
        void is_alive_again_after_an_answer_that_comes_later() {
            boolean[] isBlocked = {true};
            wires.onDatagram(root.address(), (from, datagram) -> {
                if (!isBlocked[0]) {
                    wires.datagram(from, root, datagram, Datagram.MAX_BYTES);
                }
            });
            Node alice = member("alice", root.address());
            wires.advance(Duration.ofSeconds(3));
            isBlocked[0] = false;
            wires.advance(Duration.ofSeconds(45));

            assertThat(kinds(alice)).doesNotContain(Kind.UDP_DEAD);
        }

        @Test
        void that_the_node_itself_does_not_have_is_not_mentioned() {
            Node alice = member("alice");
            alice.closeUdp();
            alice.connect(root.address());
            wires.advance(Duration.ofSeconds(3));

            assertThat(kinds(alice)).doesNotContain(Kind.UDP_DEAD);
        }

        private static final class Unanswered implements NodeProtocol.Probed {
            @Override
            public void onAnswer(ProbeResult result) {
                throw new AssertionError("nobody is there: " + result);
            }

            @Override
            public void onNoAnswer() {
                // as it must be
            }

            @Override
            public void onTooMany() {
                throw new AssertionError("there are no others");
            }
        }
    }
}
