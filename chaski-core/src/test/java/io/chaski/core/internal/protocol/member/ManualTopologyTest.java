package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ManualTopologyTest {

    private static final Duration MOMENT = Duration.ofMillis(500);
    private static final String TOPIC = "t";

    private final Mesh mesh = new Mesh(3);
    private final MeshNode a = mesh.node().startManual();
    private final MeshNode b = mesh.node().startManual();
    private final MeshNode c = mesh.node().startManual();

    private static List<String> neighbours(MeshNode node) {
        return node.neighbours(TOPIC).stream()
                .map(peer -> peer.remoteAddress().host())
                .toList();
    }

    @Nested
    class With_a_chain_of_three {

        @BeforeEach
        void connect() {
            a.connect(b);
            b.connect(c);
            mesh.run(MOMENT);
        }

        @Test
        void subscribers_are_linked_along_the_edges_and_nowhere_else() {
            a.subscribe(TOPIC);
            b.subscribe(TOPIC);
            c.subscribe(TOPIC);
            mesh.run(MOMENT);
            assertThat(neighbours(a)).containsExactly(b.address().host());
            assertThat(neighbours(b))
                    .containsExactlyInAnyOrder(a.address().host(), c.address().host());
            assertThat(neighbours(c)).containsExactly(b.address().host());
            assertThat(mesh.asymmetricLinks(TOPIC)).isZero();
        }

        @Test
        void a_peer_that_does_not_subscribe_is_no_neighbour() {
            a.subscribe(TOPIC);
            c.subscribe(TOPIC);
            mesh.run(Duration.ofSeconds(30));
            assertThat(neighbours(a)).isEmpty();
            assertThat(neighbours(c)).isEmpty();
            assertThat(b.received).isEqualTo(0);
        }

        @Test
        void whoever_unsubscribes_is_no_neighbour_any_more() {
            a.subscribe(TOPIC);
            b.subscribe(TOPIC);
            mesh.run(MOMENT);
            b.unsubscribe(TOPIC);
            mesh.run(MOMENT);
            assertThat(neighbours(a)).isEmpty();
            b.subscribe(TOPIC);
            mesh.run(MOMENT);
            assertThat(neighbours(a)).containsExactly(b.address().host());
            assertThat(neighbours(b)).containsExactly(a.address().host());
        }

        @Test
        void an_edge_that_ends_takes_its_links_with_it() {
            a.subscribe(TOPIC);
            b.subscribe(TOPIC);
            mesh.run(MOMENT);
            b.crash();
            mesh.run(MOMENT);
            assertThat(neighbours(a)).isEmpty();
            String host = b.address().host();
            assertThat(a.links).containsExactly("up t " + host, "down t " + host);
        }
    }

    @Nested
    class With_a_puppet {

        private final MeshNode puppet = mesh.node().startPuppet(a);
        private final int alias = mesh.topicNumber(TOPIC);

        @BeforeEach
        void connect() {
            mesh.run(MOMENT);
            a.subscribe(TOPIC);
            mesh.run(MOMENT);
            assertThat(heard()).isEmpty();
        }

        private List<Frame> heard() {
            return puppet.heard().stream()
                    .filter(MembershipFrame.class::isInstance)
                    .toList();
        }

        private Neighbor question() {
            return new Neighbor(alias, Priority.LOW, 1, a.descriptor(), List.of());
        }

        @Test
        void an_announcement_leads_to_a_question_and_only_the_answer_to_a_link() {
            puppet.announce(TOPIC);
            mesh.run(MOMENT);
            assertThat(heard()).containsExactly(question());
            assertThat(neighbours(a)).isEmpty();
            puppet.say(a, new NeighborAck(alias, 1, List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours(a)).containsExactly(puppet.address().host());
        }

        @Test
        void an_announcement_that_was_a_mistake_leads_to_no_link() {
            puppet.announce(TOPIC);
            mesh.run(MOMENT);
            puppet.say(a, new NeighborNack(alias, 1, false, List.of()));
            mesh.run(Duration.ofSeconds(30));
            assertThat(neighbours(a)).isEmpty();
            assertThat(heard()).containsExactly(question());
        }

        @Test
        void silence_is_asked_five_times() {
            puppet.announce(TOPIC);
            mesh.run(Duration.ofSeconds(60));
            assertThat(heard()).hasSize(5).containsOnly(question());
        }

        @Test
        void a_question_proves_membership_and_is_answered_first() {
            puppet.say(a, new Neighbor(alias, Priority.LOW, 1, puppet.descriptor(), List.of()));
            mesh.run(MOMENT);
            assertThat(heard()).containsExactly(new NeighborAck(alias, 1, List.of()));
            assertThat(neighbours(a)).containsExactly(puppet.address().host());
        }

        @Test
        void an_unasked_answer_makes_no_link() {
            puppet.say(a, new NeighborAck(alias, 1, List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours(a)).isEmpty();
            assertThat(a.get(puppet.self()).misbehaviour).containsExactly("membership.ack-unsolicited");
        }

        @Test
        void leaving_tells_the_neighbours_and_lets_go_of_the_edge() {
            puppet.say(a, new Neighbor(alias, Priority.LOW, 1, puppet.descriptor(), List.of()));
            mesh.run(MOMENT);
            heard();
            MeshPeer edge = a.get(puppet.self());
            assertThat(edge.isHeld()).isTrue();
            a.unsubscribe(TOPIC);
            mesh.run(MOMENT);
            assertThat(heard()).containsExactly(new Disconnect(alias, 1, false, List.of()));
            assertThat(edge.isHeld()).isFalse();
        }

        @Test
        void doubt_about_a_link_is_put_to_the_other_end() {
            puppet.say(a, new Neighbor(alias, Priority.LOW, 1, puppet.descriptor(), List.of()));
            mesh.run(MOMENT);
            heard();
            Peer edge = a.get(puppet.self());
            a.overlay(TOPIC).onAsymmetry(edge);
            mesh.run(MOMENT);
            assertThat(heard()).containsExactly(question());
            puppet.say(a, new NeighborNack(alias, 1, false, List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours(a)).isEmpty();
        }
    }

    @Nested
    class A_node_that_does_not_subscribe {

        private final MeshNode puppet = mesh.node().startPuppet(a);
        private final int alias = mesh.topicNumber(TOPIC);

        @Test
        void refuses_links_and_names_the_members_it_has_heard_of() {
            b.connect(a);
            mesh.run(MOMENT);
            b.subscribe(TOPIC);
            mesh.run(MOMENT);
            puppet.say(a, new Neighbor(alias, Priority.HIGH, 9, puppet.descriptor(), List.of()));
            puppet.say(a, new Join(alias, puppet.descriptor()));
            mesh.run(MOMENT);
            assertThat(puppet.heard())
                    .containsExactly(
                            new NeighborNack(alias, 9, false, List.of(b.descriptor())),
                            new MembershipFrame.Redirect(alias, List.of(b.descriptor())));
        }
    }
}
