package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Links: who gets one, who gives one, and what both ends believe. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LinksTest extends AmongPuppets {

    @Nested
    class When_a_link_is_asked_for {

        @Test
        void a_free_slot_is_given_and_the_answer_repeats_the_generation() {
            MeshNode puppet = puppet();
            puppet.say(node, ask(puppet, Priority.LOW, 5));
            mesh.run(MOMENT);
            assertThat(heard(puppet)).containsExactly(new NeighborAck(alias, 5, List.of()));
            assertThat(neighbours()).containsExactly(puppet.self());
        }

        @Test
        void asking_again_with_the_same_generation_changes_nothing() {
            MeshNode puppet = link(1).get(0);
            puppet.say(node, ask(puppet, Priority.LOW, 77));
            mesh.run(MOMENT);
            assertThat(heard(puppet)).containsExactly(new NeighborAck(alias, 77, List.of()));
            assertThat(node.links).containsExactly("up t " + puppet.address().host());
        }

        @Test
        void two_of_the_six_slots_are_kept_from_strangers() {
            List<MeshNode> puppets = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                MeshNode puppet = puppet();
                puppets.add(puppet);
                puppet.say(node, ask(puppet, Priority.LOW, 5));
                mesh.run(MOMENT);
            }
            assertThat(neighbours()).hasSize(4);
            assertThat(heard(puppets.get(4))).hasSize(1).first().isInstanceOf(NeighborNack.class);
        }

        @Test
        void a_full_node_refuses_politely_and_names_others() {
            List<MeshNode> linked = link(6);
            MeshNode puppet = puppet();
            puppet.say(node, ask(puppet, Priority.LOW, 5));
            mesh.run(MOMENT);
            List<Frame> heard = heard(puppet);
            assertThat(heard).hasSize(1).first().isInstanceOf(NeighborNack.class);
            assertThat(others(heard.get(0)))
                    .extracting(Descriptor::id)
                    .containsExactlyInAnyOrderElementsOf(
                            linked.stream().map(MeshNode::self).toList());
            assertThat(neighbours()).hasSize(6);
        }

        @Test
        void a_full_node_gives_a_link_to_one_that_has_none_and_names_who_lost_it_first() {
            List<MeshNode> linked = link(6);
            MeshNode puppet = puppet();
            puppet.say(node, ask(puppet, Priority.HIGH, 5));
            mesh.run(MOMENT);
            assertThat(neighbours()).hasSize(6).contains(puppet.self());
            MeshNode loser = linked.stream()
                    .filter(peer -> !neighbours().contains(peer.self()))
                    .findFirst()
                    .orElseThrow();
            assertThat(others(heard(puppet).get(0)).get(0).id()).isEqualTo(loser.self());
            assertThat(heard(loser)).hasSize(1).first().isInstanceOfSatisfying(Disconnect.class, disconnect -> {
                assertThat(disconnect.generation()).isEqualTo(77);
                assertThat(disconnect.alive()).isTrue();
            });
        }

        @Test
        void a_flood_of_urgent_requests_gets_four_links_a_second() {
            link(6);
            int accepted = 0;
            for (int i = 0; i < 12; i++) {
                puppet();
            }
            List<MeshNode> urgent = mesh.nodes().stream().skip(7).toList();
            urgent.forEach(puppet -> puppet.say(node, ask(puppet, Priority.HIGH, 5)));
            mesh.run(MOMENT);
            for (MeshNode puppet : urgent) {
                accepted += heard(puppet).stream().anyMatch(NeighborAck.class::isInstance) ? 1 : 0;
            }
            assertThat(accepted).isEqualTo(4);
            assertThat(neighbours()).hasSize(6);
        }

        @Test
        void a_full_node_joins_components_once_in_two_seconds() {
            link(6);
            MeshNode first = puppet();
            MeshNode second = puppet();
            first.say(node, ask(first, Priority.HEAL, 5));
            mesh.run(MOMENT);
            second.say(node, ask(second, Priority.HEAL, 5));
            mesh.run(MOMENT);
            assertThat(heard(first)).hasAtLeastOneElementOfType(NeighborAck.class);
            assertThat(heard(second)).hasSize(1).first().isInstanceOf(NeighborNack.class);
            mesh.run(Duration.ofSeconds(2));
            heard(second);
            second.say(node, ask(second, Priority.HEAL, 6));
            mesh.run(MOMENT);
            assertThat(heard(second)).hasAtLeastOneElementOfType(NeighborAck.class);
        }

        @Test
        void a_request_in_the_name_of_another_node_is_a_broken_rule() {
            MeshNode puppet = puppet();
            puppet.say(node, new Neighbor(alias, Priority.HIGH, 5, mesh.node().descriptor(), List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours()).isEmpty();
            assertThat(node.get(puppet.self()).misbehaviour).containsExactly("membership.neighbor-forged");
        }
    }

    @Nested
    class When_the_node_asks {

        private MeshNode first;
        private MeshNode puppet;
        private Neighbor asked;

        @BeforeEach
        void nameAMember() {
            first = link(1).get(0);
            puppet = puppet();
            puppet.announce(TOPIC);
            mesh.run(MOMENT);
            mesh.run(MOMENT);
            asked = (Neighbor) heard(puppet).get(0);
        }

        @Test
        void the_link_stands_with_the_answer() {
            assertThat(neighbours()).containsExactly(first.self());
            puppet.say(node, new NeighborAck(alias, asked.generation(), List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours()).containsExactly(first.self(), puppet.self());
        }

        @Test
        void silence_ends_the_request_after_two_seconds_and_the_peer_is_told() {
            mesh.run(Duration.ofMillis(2_300));
            assertThat(heard(puppet)).contains(new Disconnect(alias, asked.generation(), true, List.of()));
        }

        @Test
        void an_answer_that_comes_too_late_or_unasked_makes_no_link() {
            puppet.say(node, new NeighborAck(alias, asked.generation() + 2, List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours()).containsExactly(first.self());
            assertThat(heard(puppet)).containsExactly(new Disconnect(alias, asked.generation() + 2, true, List.of()));
            assertThat(node.get(puppet.self()).misbehaviour).containsExactly("membership.ack-unsolicited");
        }

        @Test
        void a_peer_that_is_no_member_is_forgotten() {
            puppet.say(node, new NeighborNack(alias, asked.generation(), false, List.of()));
            mesh.run(MOMENT);
            assertThat(view.known()).extracting(Descriptor::id).containsExactly(first.self());
        }

        @Test
        void a_member_that_refuses_is_asked_insistently_later_but_not_as_fast_as_it_refuses() {
            for (int second = 0; second < 10; second++) {
                for (Frame frame : heard(puppet)) {
                    if (frame instanceof Neighbor again) {
                        asked = again;
                    }
                }
                puppet.say(node, new NeighborNack(alias, asked.generation(), true, List.of()));
                mesh.run(Duration.ofSeconds(1));
            }
            assertThat(asked.priority()).isEqualTo(Priority.HEAL);
            assertThat(node.get(puppet.self()).misbehaviour).isEmpty();
            assertThat(puppet.received).isLessThanOrEqualTo(20);
        }

        @Test
        void of_two_requests_at_once_that_of_the_larger_id_counts() {
            puppet.say(node, ask(puppet, Priority.LOW, 6));
            mesh.run(MOMENT);
            if (node.self().compareTo(puppet.self()) > 0) {
                assertThat(heard(puppet)).isEmpty();
                assertThat(neighbours()).containsExactly(first.self());
            } else {
                assertThat(heard(puppet)).containsExactly(new NeighborAck(alias, 6, List.of()));
                assertThat(neighbours()).containsExactly(first.self(), puppet.self());
            }
        }
    }

    @Nested
    class When_a_link_is_taken_down {

        private MeshNode puppet;

        @BeforeEach
        void linkUp() {
            puppet = link(1).get(0);
        }

        @Test
        void a_disconnect_of_this_generation_does_it_and_is_confirmed() {
            puppet.say(node, new Disconnect(alias, 77, true, List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours()).isEmpty();
            assertThat(heard(puppet)).startsWith(new Disconnect(alias, 77, true, List.of()));
            assertThat(view.known()).extracting(Descriptor::id).containsExactly(puppet.self());
        }

        @Test
        void a_stale_disconnect_is_ignored_and_counted() {
            puppet.say(node, new Disconnect(alias, 76, true, List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours()).containsExactly(puppet.self());
            assertThat(node.counters().get("membership.disconnect-stale")).isEqualTo(1);
        }

        @Test
        void a_member_that_leaves_is_forgotten_and_not_probed() {
            puppet.say(node, new Disconnect(alias, 77, false, List.of()));
            mesh.run(Duration.ofSeconds(60));
            assertThat(view.known()).isEmpty();
            assertThat(heard(puppet)).noneMatch(frame -> frame instanceof Probe || frame instanceof Neighbor);
        }

        @Test
        void leaving_tells_the_neighbours() {
            node.unsubscribe(TOPIC);
            mesh.run(MOMENT);
            assertThat(heard(puppet)).containsExactly(new Disconnect(alias, 77, false, List.of()));
        }

        @Test
        void a_demoted_link_is_heard_until_the_other_end_confirms() {
            node.links.clear();
            view.onSlow(node.get(puppet.self()));
            assertThat(neighbours()).isEmpty();
            assertThat(node.links).isEmpty();
            puppet.say(node, new Disconnect(alias, 77, true, List.of()));
            mesh.run(MOMENT);
            assertThat(node.links).containsExactly("down t " + puppet.address().host());
        }

        @Test
        void a_demoted_link_is_over_after_two_seconds_in_any_case() {
            node.links.clear();
            view.onSlow(node.get(puppet.self()));
            mesh.run(Duration.ofMillis(2_100));
            assertThat(node.links).startsWith("down t " + puppet.address().host());
        }

        /** Six at a time, so that all are demoted within the two seconds of the first. */
        @Test
        void the_oldest_of_more_demoted_links_than_there_is_room_for_is_over_and_that_is_counted() {
            List<MeshNode> others = new ArrayList<>();
            for (int i = 0; i < Links.MAX_DRAINING; i++) {
                others.add(puppet());
            }
            node.links.clear();
            view.onSlow(node.get(puppet.self()));
            for (int from = 0; from < others.size(); from += 6) {
                List<MeshNode> some = others.subList(from, Math.min(others.size(), from + 6));
                some.forEach(other -> other.say(node, ask(other, Priority.HIGH, 5)));
                mesh.run(MOMENT);
                some.forEach(other -> view.onSlow(node.get(other.self())));
            }
            assertThat(node.links)
                    .filteredOn(change -> change.startsWith("down"))
                    .containsExactly("down t " + puppet.address().host());
            assertThat(view.draining()).hasSize(Links.MAX_DRAINING);
            assertThat(node.counters().get(HyParView.DRAIN_CUT)).isEqualTo(1);
        }

        @Test
        void doubt_about_a_link_is_put_to_the_other_end() {
            view.onAsymmetry(node.get(puppet.self()));
            mesh.run(MOMENT);
            assertThat(heard(puppet))
                    .containsExactly(new Neighbor(alias, Priority.LOW, 77, node.descriptor(), List.of()));
            puppet.say(node, new NeighborNack(alias, 77, true, List.of()));
            mesh.run(MOMENT);
            assertThat(node.links).endsWith("down t " + puppet.address().host());
        }
    }
}
