package io.chaski.core.internal.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A peer, played by hand, asks again and again what links there are: an answer that is kept too long is a wrong one. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LinkHashTest {

    private static final int ALIAS = 1;
    private static final int CARRIED = MembershipFrame.CARRIED;

    private final Wires wires = new Wires();

    private final class Peer {
        private final Descriptor descriptor;
        private final Stranger wire;
        private final List<Frame> heard = new ArrayList<>();
        private long token;

        Peer(Node node, boolean isRelay) {
            descriptor = new Descriptor(new NodeId(7, 7), 5, List.of(), false, isRelay, false, TopicSummary.NONE, 0);
            wire = wires.stranger(node, Address.tcp("10.9.9.9", 50_000));
            wire.send(new Hello(1, 1, "test", "peer", descriptor, 99, 1 << 20, 0, 1_000));
            wire.send(new HelloAck(1, 0, 7, 8));
            wire.send(new InternTopic(ALIAS, "t"));
        }

        void subscribe() {
            wire.send(new Topics(List.of(TopicSummary.hashOf("t")), List.of()));
        }

        void unsubscribe() {
            wire.send(new Topics(List.of(), List.of(TopicSummary.hashOf("t"))));
        }

        void ask(int generation) {
            wire.send(new Neighbor(ALIAS, Priority.HIGH, generation, descriptor, List.of()));
        }

        void disconnect(int generation) {
            wire.send(new Disconnect(ALIAS, generation, false, List.of()));
        }

        void accept(int generation) {
            wire.send(new NeighborAck(ALIAS, generation, List.of()));
        }

        void nameMembersThatAreNotThere() {
            wire.send(new NeighborNack(ALIAS, 1, true, CarriedTopicsTest.absentMembers()));
        }

        /** What the other end says of all its links with this peer; 0 for none. */
        long hash() {
            wire.send(new Ping(++token, 0, 0));
            wires.settle();
            heard.addAll(wire.takeReceived());
            return heard.stream()
                    .filter(frame -> frame instanceof Pong pong && pong.token() == token)
                    .mapToLong(frame -> ((Pong) frame).topicLinksHash())
                    .findAny()
                    .orElseThrow();
        }

        /** The generation by which the other end has asked for a link last. */
        int asked(boolean isCarried) {
            for (int second = 0; second < 60; second++) {
                hash();
                int generation = heard.stream()
                        .filter(frame -> frame instanceof Neighbor ask
                                && ask.isCarried() == isCarried
                                && heard.contains(new InternTopic(ask.topic(), "t")))
                        .mapToInt(frame -> ((Neighbor) frame).generation())
                        .reduce(0, (before, after) -> after);
                if (generation != 0) {
                    return generation;
                }
                wires.advance(Duration.ofSeconds(1));
            }
            throw new AssertionError("it has not asked");
        }
    }

    private Node subscriber(UnaryOperator<Wires.Options> options) {
        Node node = wires.node("node", options);
        node.protocol().subscribe("t", wires.nowNanos());
        return node;
    }

    @Test
    void changes_with_a_link_of_members() {
        Peer peer = new Peer(subscriber(Wires.Options::automatic), false);
        peer.subscribe();
        assertThat(peer.hash()).isZero();

        peer.ask(5);
        assertThat(peer.hash()).isNotZero();

        peer.disconnect(5);
        assertThat(peer.hash()).isZero();
    }

    @Test
    void changes_with_a_link_of_members_in_manual_topology() {
        Peer peer = new Peer(subscriber(UnaryOperator.identity()), false);
        assertThat(peer.hash()).isZero();

        peer.subscribe();
        peer.accept(peer.asked(false));
        assertThat(peer.hash()).isNotZero();

        peer.unsubscribe();
        assertThat(peer.hash()).isZero();
    }

    @Test
    void changes_with_a_guest_and_its_generation() {
        Peer peer = new Peer(subscriber(Wires.Options::automatic), false);
        assertThat(peer.hash()).isZero();

        peer.ask(5);
        long first = peer.hash();
        assertThat(first).isNotZero();

        peer.ask(6);
        assertThat(peer.hash()).isNotIn(0L, first);

        peer.disconnect(6);
        assertThat(peer.hash()).isZero();
    }

    @Test
    void changes_with_a_member_for_which_a_publisher_is_a_guest() {
        Node node = wires.node("node", Wires.Options::automatic);
        node.publish("t", "message");
        Peer peer = new Peer(node, false);
        assertThat(peer.hash()).isZero();

        peer.subscribe();
        int generation = peer.asked(false);
        peer.accept(generation);
        assertThat(peer.hash()).isNotZero();

        peer.disconnect(generation);
        assertThat(peer.hash()).isZero();
    }

    @Test
    void changes_with_a_client_of_a_relay_and_its_lease() {
        Peer peer = new Peer(wires.node("node", Wires.Options::asRelay), false);
        peer.subscribe();
        assertThat(peer.hash()).isZero();

        peer.ask(CARRIED | 5);
        long first = peer.hash();
        assertThat(first).isNotZero();

        peer.ask(CARRIED | 6);
        assertThat(peer.hash()).isNotIn(0L, first);

        peer.disconnect(CARRIED | 6);
        assertThat(peer.hash()).isZero();
    }

    @Test
    void changes_with_a_relay() {
        Peer peer = new Peer(subscriber(Wires.Options::automatic), true);
        peer.nameMembersThatAreNotThere();
        assertThat(peer.hash()).isZero();

        int generation = peer.asked(true);
        peer.accept(generation);
        assertThat(peer.hash()).isNotZero();

        peer.disconnect(generation);
        assertThat(peer.hash()).isZero();
    }
}
