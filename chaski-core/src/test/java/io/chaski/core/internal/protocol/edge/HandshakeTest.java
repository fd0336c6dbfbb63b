package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeEvent.EdgeUp;
import io.chaski.core.NodeEvent.HandshakeFailed;
import io.chaski.core.NodeEvent.Violation;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HandshakeTest {

    static final Address ELSEWHERE = Address.tcp("10.9.9.9", 50_000);
    static final NodeId STRANGER = new NodeId(0xabc, 0xdef);
    static final HelloAck ACK = new HelloAck(1, 0, 7, 8);

    final Wires wires = new Wires();
    final Node node = wires.node("node");
    final Stranger stranger = wires.stranger(node, ELSEWHERE);

    static Hello hello(NodeId id, long epoch) {
        return hello(id, epoch, Address.tcp("10.9.9.9", 8511));
    }

    static Hello hello(NodeId id, long epoch, Address address) {
        Descriptor descriptor = new Descriptor(id, epoch, List.of(address), true, false, false, TopicSummary.NONE, 0);
        return new Hello(1, 1, "test", "stranger", descriptor, 99, 1 << 20, 0, 1_000);
    }

    Goodbye goodbye(Stranger whom) {
        wires.settle();
        List<Frame> received = whom.takeReceived();
        assertThat(whom.isClosed()).as("closed").isTrue();
        assertThat(received).isNotEmpty();
        return (Goodbye) received.get(received.size() - 1);
    }

    void becomePeer(Stranger whom, Hello hello) {
        whom.send(hello);
        whom.send(ACK);
        wires.settle();
        assertThat(whom.isClosed()).isFalse();
        whom.takeAll();
    }

    @Nested
    class Between_two_nodes {
        final Node other = wires.node("other");

        @Test
        void the_edge_is_up_at_both_ends_when_both_have_said_hello_and_ack() {
            node.connect(other.address());
            wires.settle();

            assertThat(node.events()).containsExactly(new EdgeUp(other.id(), "other"));
            assertThat(other.events()).containsExactly(new EdgeUp(node.id(), "node"));
        }

        @Test
        void the_side_that_dialled_speaks_first() {
            node.connect(other.address());
            wires.advance(Duration.ofMillis(25));

            assertThat(node.sent()).hasOnlyElementsOfType(Hello.class).hasSize(1);
            assertThat(other.sent()).isEmpty();
        }

        @Test
        void the_application_hears_who_was_reached() {
            var reached = node.connect(other.address());
            wires.settle();

            assertThat(reached.outcomes()).containsExactly("reached " + other.id());
        }

        @Test
        void leaving_ends_the_edge_at_both_ends_with_its_reason() {
            node.connect(other.address());
            wires.settle();
            other.leave();
            wires.settle();

            assertThat(other.events()).last().isEqualTo(new EdgeDown(node.id(), CloseReason.LEAVING));
            assertThat(node.events(EdgeDown.class)).containsExactly(new EdgeDown(other.id(), CloseReason.LEAVING));
        }

        @Test
        void another_largest_frame_is_refused_at_both_ends() {
            Node larger = wires.node(
                    "larger",
                    options -> options.edge(
                            EdgeSettings.builder().maxFrame(4 << 20).build()));
            larger.connect(node.address());
            wires.settle();

            assertThat(larger.events()).containsExactly(new HandshakeFailed(node.address(), CloseReason.MAX_FRAME));
            assertThat(node.events(HandshakeFailed.class))
                    .extracting(HandshakeFailed::reason)
                    .containsExactly(CloseReason.MAX_FRAME);
            assertThat(larger.peers()).isEmpty();
        }

        @Test
        void another_cluster_is_refused_at_both_ends() {
            Node foreigner = wires.node("foreigner", options -> options.cluster("theirs"));
            var reached = node.connect(foreigner.address());
            wires.settle();

            assertThat(reached.outcomes()).containsExactly("unreachable");
            assertThat(node.events()).containsExactly(new HandshakeFailed(foreigner.address(), CloseReason.CLUSTER));
            assertThat(foreigner.events(HandshakeFailed.class))
                    .extracting(HandshakeFailed::reason)
                    .containsExactly(CloseReason.CLUSTER);
        }
    }

    @Nested
    class A_stranger {
        @Test
        void who_says_nothing_hears_nothing_until_the_deadline() {
            wires.advance(Duration.ofMillis(1_900));
            assertThat(stranger.takeAll()).isEmpty();

            wires.advance(Duration.ofMillis(200));
            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.HELLO_TIMEOUT);
            assertThat(node.events()).containsExactly(new HandshakeFailed(ELSEWHERE, CloseReason.HELLO_TIMEOUT));
        }

        @Test
        void gets_hello_and_ack_for_an_acceptable_hello() {
            stranger.send(hello(STRANGER, 5));
            wires.settle();

            assertThat(stranger.takeAll()).hasExactlyElementsOfTypes(Hello.class, HelloAck.class);
            assertThat(node.events()).isEmpty();
        }

        @Test
        void is_a_peer_after_its_ack() {
            becomePeer(stranger, hello(STRANGER, 5));

            assertThat(node.events()).containsExactly(new EdgeUp(STRANGER, "stranger"));
        }

        @Test
        void who_does_not_ack_is_closed_at_the_deadline() {
            stranger.send(hello(STRANGER, 5));
            wires.advance(Duration.ofSeconds(3));

            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.HELLO_TIMEOUT);
            assertThat(node.peers()).isEmpty();
        }

        @Test
        void who_says_something_else_first_is_closed() {
            stranger.send(new Ping(1, 0, 0));

            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.HELLO_EXPECTED);
            assertThat(node.events(Violation.class))
                    .extracting(Violation::reason)
                    .containsExactly(CloseReason.HELLO_EXPECTED);
        }

        @Test
        void who_acks_before_hello_is_closed() {
            stranger.send(ACK);

            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.HELLO_EXPECTED);
        }

        @Test
        void who_says_hello_twice_is_closed_before_and_after_it_is_a_peer() {
            stranger.send(hello(STRANGER, 5));
            stranger.send(hello(STRANGER, 5));
            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.HELLO_REPEATED);

            Stranger peer = wires.stranger(node, ELSEWHERE);
            becomePeer(peer, hello(STRANGER, 5));
            peer.send(hello(STRANGER, 5));
            assertThat(goodbye(peer).reason()).isEqualTo(CloseReason.HELLO_REPEATED);
            assertThat(node.events(EdgeDown.class)).containsExactly(new EdgeDown(STRANGER, CloseReason.HELLO_REPEATED));
        }

        @Test
        void who_acks_twice_is_closed() {
            becomePeer(stranger, hello(STRANGER, 5));
            stranger.send(ACK);

            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.HELLO_REPEATED);
        }

        @Test
        void of_another_version_is_told_which_one_is_spoken() {
            Hello hello = hello(STRANGER, 5);
            stranger.send(new Hello(2, 9, "test", "", hello.descriptor(), 1, 1 << 20, 0, 0));

            assertThat(goodbye(stranger))
                    .isEqualTo(new Goodbye(CloseReason.VERSION, 0, "only version 1 is spoken here"));
        }

        @Test
        void with_unknown_features_is_a_peer() {
            Hello hello = hello(STRANGER, 5);
            becomePeer(stranger, new Hello(0, 9, "test", "", hello.descriptor(), 1, 1 << 20, -1L, 1_000));

            assertThat(node.peers()).containsExactly(STRANGER);
        }

        @Test
        void with_a_negative_epoch_is_refused() {
            stranger.send(hello(STRANGER, -1));

            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.PROTOCOL);
        }

        @Test
        void whose_clock_is_far_off_is_a_peer_and_an_event() {
            Hello hello = hello(STRANGER, 5);
            long future = 1_000 + Duration.ofMinutes(6).toMillis();
            becomePeer(stranger, new Hello(1, 1, "test", "", hello.descriptor(), 1, 1 << 20, 0, future));

            assertThat(node.events(NodeEvent.ClockSkew.class))
                    .singleElement()
                    .satisfies(skew -> assertThat(skew.differenceMillis())
                            .isGreaterThan(Duration.ofMinutes(5).toMillis()));
        }
    }

    @Nested
    class The_nodes_own_id {
        @Test
        void ends_a_dial_to_itself_without_an_event() {
            Node root = wires.node("root", options -> options.address(Address.tcp("10.1.1.1", 8511)));
            Address alias = Address.tcp("root.example", 8511);
            wires.alias(alias, root);
            var reached = root.connect(alias);
            wires.settle();

            assertThat(reached.outcomes()).containsExactly("unreachable");
            assertThat(root.events()).isEmpty();
            assertThat(root.openConnections()).isZero();
        }

        @Test
        void is_not_dialled_a_second_time_where_it_was_found() {
            Address alias = Address.tcp("root.example", 8511);
            wires.alias(alias, node);
            node.connect(alias);
            wires.settle();
            node.connect(alias);
            wires.settle();

            assertThat(node.dialled()).containsExactly(alias);
        }

        @Test
        void in_the_hello_of_another_node_is_refused_with_an_event_at_both_ends() {
            Node twin = wires.node("twin", options -> options.id(node.id()).epoch(7_777));
            twin.connect(node.address());
            wires.settle();

            assertThat(node.events(NodeEvent.DuplicateId.class)).hasSize(1);
            assertThat(twin.events(NodeEvent.DuplicateId.class))
                    .containsExactly(new NodeEvent.DuplicateId(node.address()));
        }
    }

    @Nested
    class The_same_id_with {
        @Test
        void a_higher_epoch_supersedes_the_earlier_one_at_once() {
            becomePeer(stranger, hello(STRANGER, 5));
            Stranger restarted = wires.stranger(node, ELSEWHERE);
            becomePeer(restarted, hello(STRANGER, 6));

            assertThat(goodbye(stranger).reason()).isEqualTo(CloseReason.SUPERSEDED);
            assertThat(node.events())
                    .containsExactly(
                            new EdgeUp(STRANGER, "stranger"),
                            new EdgeDown(STRANGER, CloseReason.SUPERSEDED),
                            new EdgeUp(STRANGER, "stranger"));
        }

        @Test
        void a_lower_epoch_is_refused_and_told_what_was_seen() {
            becomePeer(stranger, hello(STRANGER, 9_005));
            Stranger late = wires.stranger(node, ELSEWHERE);
            late.send(hello(STRANGER, 9_004));

            assertThat(goodbye(late))
                    .isEqualTo(new Goodbye(CloseReason.SUPERSEDED, 9_005, "a later incarnation was seen"));
            assertThat(node.peers()).containsExactly(STRANGER);
        }

        @Test
        void a_lower_epoch_is_refused_also_when_the_edge_is_gone() {
            becomePeer(stranger, hello(STRANGER, 9_005));
            stranger.close();
            wires.settle();
            Stranger late = wires.stranger(node, ELSEWHERE);
            late.send(hello(STRANGER, 9_004));

            assertThat(goodbye(late).seenEpoch()).isEqualTo(9_005);
        }

        @Test
        void the_same_epoch_at_another_address_is_refused_while_the_first_one_lives() {
            becomePeer(stranger, hello(STRANGER, 5));
            Stranger copy = wires.stranger(node, Address.tcp("10.8.8.8", 50_000));
            copy.send(hello(STRANGER, 5, Address.tcp("10.8.8.8", 8511)));

            assertThat(goodbye(copy).reason()).isEqualTo(CloseReason.DUPLICATE_ID);
            assertThat(node.events(NodeEvent.DuplicateId.class)).hasSize(1);
        }

        @Test
        void the_same_epoch_at_another_address_is_accepted_when_the_first_one_is_silent() {
            becomePeer(stranger, hello(STRANGER, 5));
            wires.advance(Duration.ofSeconds(5));
            Stranger moved = wires.stranger(node, Address.tcp("10.8.8.8", 50_000));
            becomePeer(moved, hello(STRANGER, 5, Address.tcp("10.8.8.8", 8511)));

            assertThat(node.peers()).containsExactly(STRANGER);
        }

        @Test
        void the_epochs_of_4096_nodes_are_remembered() {
            for (int from = 0; from < 4_200; from += 200) {
                List<Stranger> some = new ArrayList<>();
                for (int i = from; i < from + 200; i++) {
                    Stranger each = wires.stranger(node, Address.tcp("127.0.0.1", 50_000 + i));
                    each.send(hello(new NodeId(9, i), 5));
                    each.send(ACK);
                    some.add(each);
                }
                wires.settle();
                some.forEach(Stranger::close);
                wires.settle();
                assertThat(node.tables())
                        .containsEntry("incarnations seen", new ToldTable(Math.min(from + 200, 4_096), 4_096));
            }
        }

        @Test
        void a_higher_epoch_in_a_hello_alone_displaces_nobody_and_is_not_remembered() {
            becomePeer(stranger, hello(STRANGER, 5));
            Stranger liar = wires.stranger(node, Address.tcp("10.6.6.6", 50_000));
            liar.send(hello(STRANGER, 6));
            wires.settle();
            assertThat(node.peers()).containsExactly(STRANGER);
            assertThat(stranger.isClosed()).isFalse();

            wires.advance(Duration.ofSeconds(3));
            assertThat(goodbye(liar).reason()).isEqualTo(CloseReason.HELLO_TIMEOUT);
            stranger.close();
            wires.settle();
            becomePeer(wires.stranger(node, ELSEWHERE), hello(STRANGER, 5));
            assertThat(node.events())
                    .doesNotContain(new EdgeDown(STRANGER, CloseReason.SUPERSEDED))
                    .last()
                    .isEqualTo(new EdgeUp(STRANGER, "stranger"));
        }

        @Test
        void a_lower_epoch_is_refused_though_its_hello_came_before_the_higher_one() {
            stranger.send(hello(STRANGER, 9_005));
            wires.settle();
            Stranger restarted = wires.stranger(node, ELSEWHERE);
            becomePeer(restarted, hello(STRANGER, 9_006));
            restarted.close();
            wires.settle();
            stranger.send(ACK);

            assertThat(goodbye(stranger))
                    .isEqualTo(new Goodbye(CloseReason.SUPERSEDED, 9_006, "a later incarnation was seen"));
        }

        @Test
        void an_epoch_a_hundred_years_ahead_is_not_believed() {
            long now = 1_000; // where the clock of the nodes starts
            becomePeer(stranger, hello(STRANGER, now + Epochs.MAX_AHEAD_MILLIS));
            Stranger liar = wires.stranger(node, ELSEWHERE);
            liar.send(hello(
                    STRANGER,
                    now + Epochs.MAX_AHEAD_MILLIS + Duration.ofMinutes(1).toMillis()));

            assertThat(goodbye(liar))
                    .isEqualTo(
                            new Goodbye(CloseReason.PROTOCOL, 0, "an epoch a hundred years ahead of the clock here"));
            assertThat(node.peers()).containsExactly(STRANGER);
        }

        @Test
        void a_lower_epoch_lives_on_above_the_one_that_was_seen() {
            Node first = wires.node("first", options -> options.epoch(9_000));
            first.connect(node.address());
            wires.settle();
            first.crash();
            wires.settle();
            Node second = wires.node("first", options -> options.id(first.id()).epoch(8_000));
            second.connect(node.address());
            wires.settle();
            second.connect(node.address());
            wires.settle();

            assertThat(node.peers()).containsExactly(first.id());
            assertThat(second.protocol().snapshot(wires.nowNanos()).epoch()).isEqualTo(9_001);
        }

        /** Two lives with one epoch would number their messages alike, and the later ones would count as received. */
        @Test
        void a_lower_epoch_never_becomes_one_that_another_life_has_had_since() {
            Node other = wires.node("other");
            Node first = wires.node("first", options -> options.epoch(500));
            first.connect(node.address());
            first.connect(other.address());
            wires.settle();
            first.crash();
            wires.settle();

            long second = epochOfLifeThatDials(node, first, 100);
            wires.advance(Duration.ofSeconds(1));
            long third = epochOfLifeThatDials(other, first, 50); // who has not met the second one

            assertThat(second).isGreaterThan(500);
            assertThat(third).isGreaterThan(second);
        }

        private long epochOfLifeThatDials(Node dialled, Node earlier, long epoch) {
            Node life = wires.node("first", options -> options.id(earlier.id()).epoch(epoch));
            life.connect(dialled.address());
            wires.settle();
            life.connect(dialled.address());
            wires.settle();
            assertThat(dialled.peers()).contains(earlier.id());
            long its = life.protocol().snapshot(wires.nowNanos()).epoch();
            life.crash();
            wires.settle();
            return its;
        }
    }

    @Nested
    class The_word_that_this_node_was_superseded {
        @Test
        void means_nothing_from_who_has_not_heard_which_incarnation_it_is() {
            stranger.send(new Goodbye(CloseReason.SUPERSEDED, 9_000, ""));
            wires.settle();

            assertThat(epoch()).isEqualTo(1_000);
            assertThat(node.counter("epoch.implausible")).isEqualTo(1);
        }

        @Test
        void means_nothing_when_no_node_can_have_been_that_far() {
            stranger.send(hello(STRANGER, 5));
            stranger.send(new Goodbye(CloseReason.SUPERSEDED, Long.MAX_VALUE - 1, ""));
            wires.settle();

            assertThat(epoch()).isEqualTo(1_000);
            assertThat(node.counter("epoch.implausible")).isEqualTo(1);
        }

        @Test
        void means_nothing_from_who_was_not_dialled_as_long_as_there_is_an_edge() {
            wires.node("honest").connect(node.address());
            wires.settle();
            stranger.send(hello(STRANGER, 5));
            wires.settle();
            stranger.send(new Goodbye(CloseReason.SUPERSEDED, 9_000, ""));
            wires.settle();

            assertThat(epoch()).isEqualTo(1_000);
            assertThat(node.counter("epoch.implausible")).isEqualTo(1);
        }

        /** A root whose clock is behind: all who dial it refuse it, and it knows nobody whom it could dial. */
        @Test
        void is_believed_of_who_was_not_dialled_when_there_is_no_edge() {
            stranger.send(hello(STRANGER, 5));
            wires.settle();
            stranger.send(new Goodbye(CloseReason.SUPERSEDED, 9_000, ""));
            wires.settle();

            assertThat(epoch()).isEqualTo(9_001);
        }

        /** All who dial a root tell it at once, and each names another time of day; it would count as a liar's work. */
        @Test
        void means_nothing_when_it_speaks_of_an_incarnation_that_was_given_up_since() {
            Stranger late = wires.stranger(node, ELSEWHERE);
            stranger.send(hello(STRANGER, 5));
            late.send(hello(new NodeId(8, 8), 5));
            wires.settle();
            stranger.send(new Goodbye(CloseReason.SUPERSEDED, 9_000, ""));
            wires.settle();
            late.send(new Goodbye(CloseReason.SUPERSEDED, 9_500, ""));
            wires.settle();

            assertThat(epoch()).isEqualTo(9_001);
        }

        @Test
        void is_not_believed_so_far_that_a_node_whose_clock_is_behind_would_not_believe_it() {
            dialWhoHasSeen(Epochs.MAX_AHEAD_MILLIS);

            assertThat(epoch()).isEqualTo(1_000);
            assertThat(node.counter("epoch.implausible")).isEqualTo(1);
        }

        private void dialWhoHasSeen(long epoch) {
            Node first = wires.node("first", options -> options.id(node.id()).epoch(epoch));
            Node other = wires.node("other");
            first.connect(other.address());
            wires.settle();
            first.crash();
            wires.settle();
            node.connect(other.address());
            wires.settle();
        }

        @Test
        void is_believed_from_who_was_dialled_and_told() {
            dialWhoHasSeen(9_000);

            assertThat(epoch()).isEqualTo(9_001);
            assertThat(node.events(NodeEvent.EpochRaised.class)).containsExactly(new NodeEvent.EpochRaised(9_001));
        }

        private long epoch() {
            return node.protocol().snapshot(wires.nowNanos()).epoch();
        }
    }

    @Nested
    class A_dialled_id {
        @Test
        void that_is_not_the_one_that_answers_is_refused() {
            Node other = wires.node("other");
            Descriptor wrong =
                    new Descriptor(STRANGER, 1, List.of(other.address()), true, false, false, TopicSummary.NONE, 0);
            Wires.Reached reached = node.reach(wrong);
            wires.settle();

            assertThat(reached.outcomes()).containsExactly("unreachable");
            assertThat(node.events(HandshakeFailed.class))
                    .containsExactly(new HandshakeFailed(other.address(), CloseReason.IDENTITY));
        }
    }
}
