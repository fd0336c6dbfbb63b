package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.wire.Descriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole overlays, small ones: stable, crashed, cut in two. Membership is all that runs, so the figures are its own. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OverlayTest {

    private static final String CONTROL = HyParView.CONTROL;

    /** In its first minute a node trades links; then, and when the last gap is filled, it leaves them alone. */
    private static final Duration MIXING = Duration.ofSeconds(75);

    private final List<MeshNode> nodes = new ArrayList<>();
    private Mesh mesh = new Mesh(1);

    /** So many nodes join within a second, all through the first. */
    private void storm(int count, long seed) {
        mesh = new Mesh(seed);
        nodes.clear();
        nodes.add(mesh.node().start());
        for (int i = 1; i < count; i++) {
            MeshNode joiner = mesh.node(nodes.get(0).address());
            nodes.add(joiner);
            mesh.in(i * 1_000_000_000L / count, joiner::start);
        }
        mesh.run(Duration.ofSeconds(1));
    }

    private static boolean lacksElder(MeshNode node) {
        Descriptor self = node.descriptor();
        return node.neighbours(CONTROL).stream()
                .map(Peer::descriptor)
                .noneMatch(other -> other.epoch() < self.epoch()
                        || other.epoch() == self.epoch() && other.id().compareTo(self.id()) < 0);
    }

    private double shareAtFiveOrSix() {
        Map<Integer, Integer> degrees = mesh.degrees(CONTROL);
        int good = degrees.getOrDefault(5, 0) + degrees.getOrDefault(6, 0);
        return (double) good / mesh.members(CONTROL).size();
    }

    @Nested
    class When_nodes_join_through_one_contact {

        @ParameterizedTest
        @CsvSource({"2,1", "2,2", "10,1", "10,2", "10,3", "100,1", "100,2", "100,3"})
        void they_are_one_component_two_seconds_later(int count, long seed) {
            storm(count, seed);
            mesh.run(Duration.ofSeconds(2));
            assertThat(mesh.components(CONTROL)).containsExactly(count);
        }

        @ParameterizedTest
        @CsvSource({"10,1", "10,2", "10,3", "10,4", "10,5", "100,1", "100,2", "100,3", "100,4", "100,5"})
        void all_have_five_or_six_links_that_both_ends_agree_on(int count, long seed) {
            storm(count, seed);
            mesh.run(MIXING);
            assertThat(shareAtFiveOrSix()).isGreaterThanOrEqualTo(0.99);
            assertThat(mesh.asymmetricLinks(CONTROL)).isZero();
        }

        @ParameterizedTest
        @CsvSource({"10,1", "10,2", "100,1", "100,2", "100,3"})
        void all_but_the_eldest_have_a_link_to_an_elder(int count, long seed) {
            storm(count, seed);
            mesh.run(MIXING);
            assertThat(nodes).filteredOn(OverlayTest::lacksElder).hasSize(1);
        }

        /** Seven fill their views with each other, and from eight on not everybody can be linked to everybody. */
        @ParameterizedTest
        @CsvSource({"2,1", "7,1", "7,2", "8,1", "8,2", "8,3", "9,1", "9,2", "12,1", "12,2", "30,1"})
        void they_trade_no_links_once_all_but_the_eldest_have_an_elder(int count, long seed) {
            storm(count, seed);
            mesh.run(MIXING);
            nodes.forEach(node -> node.links.clear());
            mesh.run(Duration.ofMinutes(5));
            assertThat(nodes).allSatisfy(node -> assertThat(node.links).isEmpty());
        }

        @Test
        void so_few_that_no_view_fills_are_all_linked() {
            storm(5, 1);
            mesh.run(Duration.ofSeconds(5));
            assertThat(mesh.degrees(CONTROL)).containsExactly(Map.entry(4, 5));
        }

        @Test
        void the_contact_hears_and_says_little_more_than_the_joins_require() {
            storm(200, 1);
            mesh.run(Duration.ofSeconds(2));
            MeshNode contact = nodes.get(0);
            assertThat((double) contact.received / 200).isLessThanOrEqualTo(5);
            assertThat((double) contact.sent / 200).isLessThanOrEqualTo(6);
        }

        @Test
        void one_after_another_they_find_slots_in_a_full_overlay() {
            storm(20, 1);
            for (int i = 0; i < 40; i++) {
                mesh.run(Duration.ofMillis(500));
                nodes.add(mesh.node(nodes.get(0).address()).start());
            }
            mesh.run(MIXING);
            assertThat(mesh.components(CONTROL)).containsExactly(60);
            assertThat(shareAtFiveOrSix()).isGreaterThanOrEqualTo(0.99);
        }

        @Test
        void the_overlay_settles_and_then_hardly_says_anything() {
            storm(100, 1);
            mesh.run(MIXING);
            int changes = nodes.stream().mapToInt(node -> node.links.size()).sum();
            int sent = nodes.stream().mapToInt(node -> node.sent).sum();
            mesh.run(Duration.ofSeconds(60));
            int laterChanges =
                    nodes.stream().mapToInt(node -> node.links.size()).sum() - changes;
            double framesPerNodeAndSecond =
                    (nodes.stream().mapToInt(node -> node.sent).sum() - sent) / 60.0 / nodes.size();
            assertThat(laterChanges).isZero();
            assertThat(framesPerNodeAndSecond).isLessThan(1.0);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void the_graph_has_no_more_triangles_than_a_random_one_may_have(long seed) {
            storm(300, seed);
            mesh.run(MIXING);
            // A joiner finds slots where others have just joined; without trades this is 0.05 and more.
            assertThat(clustering()).isLessThanOrEqualTo(2 * 5.8 / 300);
        }

        /** Mean share of the pairs of neighbours that are neighbours themselves. */
        private double clustering() {
            double sum = 0;
            for (MeshNode node : nodes) {
                List<NodeId> ids = new ArrayList<>();
                node.neighbours(CONTROL).forEach(peer -> ids.add(peer.id()));
                int closed = 0;
                for (var peer : node.neighbours(CONTROL)) {
                    for (var second : ((MeshPeer) peer).other.neighbours(CONTROL)) {
                        closed += ids.contains(second.id()) ? 1 : 0;
                    }
                }
                // Each closed pair was found from both of its ends.
                sum += ids.size() < 2 ? 0 : closed / (double) (ids.size() * (ids.size() - 1));
            }
            return sum / nodes.size();
        }

        @Test
        void the_same_seed_gives_the_same_run() {
            List<List<String>> runs = new ArrayList<>();
            for (int run = 0; run < 2; run++) {
                storm(50, 7);
                mesh.run(Duration.ofSeconds(20));
                List<String> history = new ArrayList<>();
                nodes.forEach(node -> history.add(node.self() + " " + node.links));
                runs.add(history);
            }
            assertThat(runs.get(0)).isEqualTo(runs.get(1));
        }
    }

    @Nested
    class When_half_of_the_nodes_crash {

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void the_others_are_one_component_within_three_seconds(long seed) {
            storm(100, seed);
            mesh.run(MIXING);
            for (int i = 1; i < 100; i += 2) {
                nodes.get(i).crash();
            }
            mesh.run(Duration.ofSeconds(3));
            assertThat(mesh.components(CONTROL)).containsExactly(50);
            mesh.run(Duration.ofSeconds(10));
            assertThat(shareAtFiveOrSix()).isGreaterThanOrEqualTo(0.98);
            assertThat(mesh.asymmetricLinks(CONTROL)).isZero();
        }
    }

    @Nested
    class When_the_network_is_cut_in_two_for_a_minute {

        private Set<MeshNode> left;

        private void cutFor(Duration duration) {
            left = new HashSet<>(nodes.subList(0, nodes.size() / 2));
            mesh.cut((a, b) -> left.contains(a) != left.contains(b));
            mesh.run(duration);
        }

        @ParameterizedTest
        @CsvSource({"10,1,15", "10,2,15", "10,3,15", "20,4,15", "100,1,2", "100,2,2", "100,3,2"})
        void both_sides_live_on_and_are_one_again_after_the_cut(int count, long seed, int seconds) {
            storm(count, seed);
            mesh.run(Duration.ofSeconds(30));
            cutFor(Duration.ofSeconds(60));
            assertThat(mesh.components(CONTROL)).containsExactly(count / 2, count / 2);
            mesh.heal();
            assertThat(mesh.runUntil(() -> mesh.isOne(CONTROL), Duration.ofSeconds(120)))
                    .isLessThanOrEqualTo(Duration.ofSeconds(seconds));
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void they_mix_instead_of_hanging_on_one_bridge(long seed) {
            storm(100, seed);
            mesh.run(Duration.ofSeconds(30));
            cutFor(Duration.ofSeconds(60));
            mesh.heal();
            mesh.run(Duration.ofSeconds(30));
            int across = 0;
            for (MeshNode node : nodes) {
                for (var peer : node.neighbours(CONTROL)) {
                    across += left.contains(node) != left.contains(((MeshPeer) peer).other) ? 1 : 0;
                }
            }
            assertThat((double) across / (5 * nodes.size())).isGreaterThanOrEqualTo(0.3);
            mesh.run(Duration.ofSeconds(15));
            assertThat(shareAtFiveOrSix()).isGreaterThanOrEqualTo(0.98);
        }

        @Test
        void a_topic_says_that_it_healed_once() {
            storm(4, 1);
            nodes.forEach(node -> node.subscribe("t"));
            mesh.run(Duration.ofSeconds(10));
            cutFor(Duration.ofSeconds(60));
            mesh.heal();
            mesh.run(Duration.ofSeconds(40));
            assertThat(mesh.components("t")).containsExactly(4);
            assertThat(nodes)
                    .allSatisfy(node -> assertThat(node.events)
                            .filteredOn(NodeEvent.Healed.class::isInstance)
                            .hasSizeLessThanOrEqualTo(1));
            assertThat(nodes).anySatisfy(node -> assertThat(node.events).contains(new NodeEvent.Healed("t")));
        }
    }

    @Nested
    class When_a_circle_is_closed {

        /** Seven that are all linked to each other, and others who know of them: nobody wants anything. */
        @ParameterizedTest
        @CsvSource({"8,1", "8,2", "8,3", "8,4", "30,1", "30,2", "30,3"})
        void its_eldest_asks_an_elder_within_seconds(int others, long seed) {
            mesh = new Mesh(seed);
            List<MeshNode> circle = around(mesh.node().start(), 7);
            List<MeshNode> rest = around(mesh.node().start(), others);
            mesh.run(MIXING);
            assertThat(mesh.components(CONTROL)).containsExactlyInAnyOrder(7, others);
            introduce(circle, rest);
            introduce(rest, circle);
            assertThat(mesh.components(CONTROL)).hasSize(2);

            assertThat(mesh.runUntil(() -> mesh.isOne(CONTROL), Duration.ofMinutes(5)))
                    .isLessThanOrEqualTo(Duration.ofSeconds(5));
        }

        private List<MeshNode> around(MeshNode first, int count) {
            List<MeshNode> members = new ArrayList<>(List.of(first));
            for (int i = 1; i < count; i++) {
                mesh.run(Duration.ofMillis(500));
                members.add(mesh.node(first.address()).start());
            }
            return members;
        }

        private void introduce(List<MeshNode> listeners, List<MeshNode> strangers) {
            for (MeshNode listener : listeners) {
                listener.overlay(CONTROL)
                        .onCandidates(
                                strangers.stream().map(MeshNode::descriptor).toList());
            }
        }
    }

    @Nested
    class When_the_contact_restarts_without_memory {

        @ParameterizedTest
        @CsvSource({"10,1", "10,2", "10,3", "50,4", "50,5", "50,6"})
        void the_old_nodes_and_twenty_new_ones_become_one(int count, long seed) {
            storm(count, seed);
            mesh.run(Duration.ofSeconds(30));
            MeshNode contact = nodes.get(0);
            contact.crash();
            mesh.run(Duration.ofMinutes(2));
            assertThat(mesh.components(CONTROL)).containsExactly(count - 1);
            mesh.restarted(contact).start();
            for (int i = 0; i < 20; i++) {
                mesh.in(i * 50_000_000L, mesh.node(contact.address())::start);
            }
            mesh.run(Duration.ofMillis(1_500));
            assertThat(mesh.runUntil(() -> mesh.isOne(CONTROL), Duration.ofSeconds(60)))
                    .isLessThanOrEqualTo(Duration.ofSeconds(20));
        }
    }

    @Nested
    class When_frames_are_lost {

        @Test
        void links_that_only_one_end_has_are_repaired_by_asking() {
            storm(20, 3);
            nodes.forEach(node -> node.lose((to, frame) -> node.random().nextInt(10) == 0));
            for (int i = 1; i < 20; i += 2) {
                nodes.get(i).crash();
            }
            mesh.run(Duration.ofSeconds(5));
            nodes.forEach(node -> node.lose((to, frame) -> false));
            for (int round = 0; round < 3; round++) {
                askAboutAsymmetry();
                mesh.run(Duration.ofSeconds(3));
            }
            assertThat(mesh.components(CONTROL)).containsExactly(10);
            assertThat(mesh.asymmetricLinks(CONTROL)).isZero();
        }

        /** What keep-alives do. */
        private void askAboutAsymmetry() {
            for (MeshNode node : mesh.members(CONTROL)) {
                for (MeshPeer peer : node.peerList()) {
                    long there = peer.other.overlay(CONTROL).linkHash(peer.reverse);
                    if (node.overlay(CONTROL).linkHash(peer) != there) {
                        node.overlay(CONTROL).onAsymmetry(peer);
                    }
                }
            }
        }
    }
}
