package io.chaski.core.internal.protocol.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.member.Mesh;
import io.chaski.core.internal.protocol.member.MeshNode;
import io.chaski.core.internal.protocol.member.MeshPeer;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.DiscoveryFrame.Found;
import io.chaski.core.internal.wire.DiscoveryFrame.Register;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DiscoveryTest {

    private static final Duration MOMENT = Duration.ofMillis(300);
    private static final String TOPIC = "t";
    private static final long HASH = TopicSummary.hashOf(TOPIC);

    private Mesh mesh = new Mesh(1);

    private List<MeshNode> overlay(int count, long seed, boolean withRoot) {
        mesh = new Mesh(seed);
        List<MeshNode> nodes = new ArrayList<>();
        MeshNode contact = mesh.node();
        nodes.add((withRoot ? contact.root() : contact).start());
        for (int i = 1; i < count; i++) {
            MeshNode joiner = mesh.node(contact.address());
            nodes.add(joiner);
            mesh.in(i * 1_000_000_000L / count, joiner::start);
        }
        mesh.run(Duration.ofSeconds(30));
        return nodes;
    }

    private static ToldTable told(String table, MeshNode node) {
        return ToldTable.all(audience -> node.discovery().tellTables(audience, 7))
                .get(table);
    }

    private static long sizeOf(String table, MeshNode node) {
        return told(table, node).size();
    }

    @Nested
    class When_members_are_few_among_many {

        @ParameterizedTest
        @CsvSource({
            "true,2,1,3",
            "true,5,2,3",
            "true,20,3,3",
            "false,2,1,10",
            "false,2,2,10",
            "false,5,3,10",
            "false,20,4,10"
        })
        void they_find_each_other_through_nodes_that_do_not_subscribe(
                boolean withRoot, int members, long seed, int seconds) {
            List<MeshNode> nodes = overlay(150, seed, withRoot);
            for (int i = 0; i < members; i++) {
                nodes.get(1 + i * 7).subscribe(TOPIC);
            }
            assertThat(mesh.runUntil(() -> mesh.isOne(TOPIC), Duration.ofSeconds(60)))
                    .isLessThanOrEqualTo(Duration.ofSeconds(seconds));
        }

        @ParameterizedTest
        @CsvSource({"true,1", "true,2", "false,1", "false,2", "false,3"})
        void a_late_one_finds_them(boolean withRoot, long seed) {
            List<MeshNode> nodes = overlay(150, seed, withRoot);
            for (int i = 0; i < 5; i++) {
                nodes.get(1 + i * 7).subscribe(TOPIC);
            }
            mesh.run(Duration.ofSeconds(20));
            MeshNode late = nodes.get(140);
            late.subscribe(TOPIC);
            assertThat(mesh.runUntil(() -> mesh.isOne(TOPIC), Duration.ofSeconds(60)))
                    .isLessThanOrEqualTo(Duration.ofSeconds(withRoot ? 3 : 10));
        }

        @Test
        void a_member_that_nobody_joins_does_not_keep_the_overlay_busy() {
            List<MeshNode> nodes = overlay(150, 5, false);
            nodes.get(20).subscribe(TOPIC);
            mesh.run(Duration.ofMinutes(3));
            int before = nodes.stream().mapToInt(MeshNode::sentCount).sum();
            mesh.run(Duration.ofMinutes(2));
            double perNodeAndSecond =
                    (nodes.stream().mapToInt(MeshNode::sentCount).sum() - before) / 120.0 / 150;
            assertThat(perNodeAndSecond).isLessThan(1.0);
            assertThat(nodes.get(20).neighbours(TOPIC)).isEmpty();
        }
    }

    @Nested
    class In_manual_topology {

        @Test
        void a_look_up_goes_along_the_edges() {
            MeshNode a = mesh.node().startManual();
            MeshNode b = mesh.node().startManual();
            MeshNode c = mesh.node().startManual();
            MeshNode d = mesh.node().startManual();
            a.connect(b);
            b.connect(c);
            c.connect(d);
            mesh.run(MOMENT);
            d.subscribe(TOPIC);
            List<NodeId> found = new ArrayList<>();
            a.discovery()
                    .want(
                            a.names().retainTopic(TOPIC),
                            (members, from) -> members.forEach(each -> found.add(each.id())));
            a.watch();
            mesh.run(Duration.ofSeconds(5));
            assertThat(found).contains(d.self()).doesNotContain(a.self(), b.self(), c.self());
            assertThat(told("searches", a)).isEqualTo(new ToldTable(1, Long.MAX_VALUE));
        }
    }

    @Nested
    class A_node_that_is_asked {

        private final MeshNode node = mesh.node().start();
        private final MeshNode left = mesh.node().startPuppet(node);
        private final MeshNode right = mesh.node().startPuppet(node);
        private final NodeId request = new NodeId(5, 5);

        private List<Frame> heard(MeshNode puppet) {
            return puppet.heard().stream()
                    .filter(DiscoveryFrame.class::isInstance)
                    .toList();
        }

        private Find find(Descriptor origin, int hopsLeft, boolean flood) {
            return new Find(request, HASH, origin, hopsLeft, flood, 8);
        }

        /** The two puppets are neighbours in "@", so look-ups go on to them. */
        private void link() {
            mesh.run(Duration.ofMillis(500));
            for (MeshNode puppet : List.of(left, right)) {
                puppet.linkAs("@", node, 77);
            }
            mesh.run(MOMENT);
            heard(left);
            heard(right);
        }

        @Test
        void passes_on_what_it_does_not_know_and_leads_the_answer_back() {
            link();
            Descriptor origin = mesh.node().descriptor();
            left.say(node, find(origin, 8, false));
            mesh.run(MOMENT);
            assertThat(heard(right)).containsExactly(find(origin, 7, false));
            Found found = new Found(request, HASH, List.of(mesh.node().descriptor()));
            right.say(node, found);
            mesh.run(MOMENT);
            assertThat(heard(left)).containsExactly(found);
        }

        @Test
        void answers_from_its_index_the_next_time() {
            link();
            left.announce(TOPIC);
            mesh.run(MOMENT);
            right.say(node, find(right.descriptor(), 8, false));
            mesh.run(MOMENT);
            assertThat(heard(right)).containsExactly(new Found(request, HASH, List.of(left.descriptor())));
            assertThat(heard(left)).containsExactly(find(right.descriptor(), 0, false));
        }

        @Test
        void names_itself_first_when_it_subscribes_and_offers_a_link() {
            link();
            node.subscribe(TOPIC);
            mesh.run(MOMENT);
            left.heard();
            left.say(node, find(left.descriptor(), 0, false));
            mesh.run(MOMENT);
            List<Frame> heard = left.heard();
            assertThat(heard).contains(new Found(request, HASH, List.of(node.descriptor())));
            assertThat(heard).anyMatch(frame -> frame instanceof io.chaski.core.internal.wire.MembershipFrame.Neighbor);
        }

        @Test
        void does_not_pass_on_what_has_no_hops_left() {
            link();
            left.say(node, find(mesh.node().descriptor(), 0, false));
            mesh.run(MOMENT);
            assertThat(heard(right)).isEmpty();
        }

        /** The asker knows nobody else, and the root, which has the answer, is not known to him. */
        @Test
        void asks_a_root_on_behalf_of_whoever_asks_it_alone() {
            MeshNode root = mesh.node().root().startPuppet(node);
            link();
            heard(root);
            left.say(node, find(left.descriptor(), 0, false));
            mesh.run(MOMENT);
            assertThat(heard(root)).containsExactly(find(left.descriptor(), 0, false));
            assertThat(heard(right)).isEmpty();
            Found found = new Found(request, HASH, List.of(mesh.node().descriptor()));
            root.say(node, found);
            mesh.run(MOMENT);
            assertThat(heard(left)).containsExactly(found);
        }

        @Test
        void dials_a_root_that_it_knows_to_ask_it() {
            MeshNode root = mesh.node().root().startPuppet(node);
            link();
            node.endIdle(root);
            assertThat(node.get(root.descriptor().id())).isNull();
            heard(root);
            left.say(node, find(left.descriptor(), 0, false));
            mesh.run(Duration.ofSeconds(2));
            assertThat(heard(root)).containsExactly(find(left.descriptor(), 0, false));
        }

        @Test
        void asks_a_root_neither_for_a_walk_nor_for_somebody_else_nor_the_one_that_asks() {
            MeshNode root = mesh.node().root().startPuppet(node);
            link();
            heard(root);
            left.say(node, find(mesh.node().descriptor(), 0, false));
            left.say(node, new Find(new NodeId(6, 6), HASH, left.descriptor(), 0, true, 8));
            root.say(node, new Find(new NodeId(7, 7), HASH, root.descriptor(), 0, false, 8));
            mesh.run(MOMENT);
            assertThat(heard(root)).isEmpty();
        }

        @Test
        void shortens_walks_and_floods_that_want_too_much() {
            link();
            Descriptor origin = mesh.node().descriptor();
            left.say(node, find(origin, 100, false));
            mesh.run(MOMENT);
            assertThat(heard(right)).containsExactly(find(origin, 15, false));
            left.say(node, new Find(new NodeId(6, 6), HASH, origin, 100, true, 8));
            mesh.run(MOMENT);
            assertThat(heard(right)).containsExactly(new Find(new NodeId(6, 6), HASH, origin, 5, true, 8));
        }

        @Test
        void lets_a_flood_pass_once() {
            link();
            Descriptor origin = mesh.node().descriptor();
            left.say(node, find(origin, 6, true));
            left.say(node, find(origin, 6, true));
            mesh.run(MOMENT);
            assertThat(heard(right)).containsExactly(find(origin, 5, true));
        }

        @Test
        void takes_twenty_look_ups_a_second_from_a_neighbour() {
            link();
            for (int i = 0; i < 30; i++) {
                left.say(node, new Find(new NodeId(9, i), HASH, left.descriptor(), 4, false, 8));
            }
            mesh.run(MOMENT);
            assertThat(heard(right)).hasSize(20);
            assertThat(edge(left).misbehaviour()).hasSize(10).containsOnly("discovery.rate");
        }

        @Test
        void leads_back_eight_answers_for_a_look_up() {
            link();
            left.say(node, find(left.descriptor(), 8, false));
            mesh.run(MOMENT);
            for (int i = 0; i < 12; i++) {
                right.say(node, new Found(request, HASH, List.of(mesh.node().descriptor())));
            }
            mesh.run(MOMENT);
            assertThat(heard(left)).hasSize(8);
        }

        @Test
        void drops_answers_to_questions_that_never_passed() {
            link();
            left.say(node, new Found(new NodeId(1, 2), HASH, List.of(mesh.node().descriptor())));
            mesh.run(MOMENT);
            assertThat(node.counters().get("discovery.answer-unsolicited")).isEqualTo(1);
            assertThat(node.discovery().lookUp(HASH, 8)).isEmpty();
        }

        @Test
        void drops_look_ups_whose_origin_cannot_be_reached_or_is_itself() {
            link();
            Descriptor nowhere =
                    new Descriptor(new NodeId(4, 4), 1, List.of(), false, false, false, TopicSummary.NONE, 0);
            left.say(node, find(nowhere, 8, false));
            left.say(node, find(node.descriptor(), 8, false));
            mesh.run(MOMENT);
            assertThat(heard(right)).isEmpty();
            assertThat(edge(left).misbehaviour()).containsExactly("discovery.origin-refused");
        }

        @Test
        void remembers_a_bounded_number_of_look_ups_and_subscribers() {
            link();
            MeshNode more = mesh.node().startPuppet(node);
            MeshNode most = mesh.node().startPuppet(node);
            mesh.run(Duration.ofMillis(500));
            List<MeshNode> askers = List.of(left, right, more, most);
            for (int i = 0; i < 6_000; i++) {
                if (i % 80 == 0) {
                    mesh.run(Duration.ofSeconds(1));
                }
                MeshNode asker = askers.get(i % 4);
                Descriptor member = new Descriptor(
                        new NodeId(3, i),
                        1,
                        List.of(io.chaski.core.Address.tcp("10.3.0.1", 1 + i)),
                        false,
                        false,
                        false,
                        TopicSummary.of(List.of((long) i)),
                        0);
                asker.say(node, new Find(new NodeId(9, i), HASH + i, asker.descriptor(), 4, false, 8));
                node.discovery().learn(member);
            }
            mesh.run(MOMENT);
            assertThat(told("indexed members", node)).isEqualTo(new ToldTable(256, 256));
            assertThat(told("look-ups", node)).isEqualTo(new ToldTable(4_096, 4_096));
        }

        private MeshPeer edge(MeshNode puppet) {
            return node.get(puppet.self());
        }
    }

    @Nested
    class A_root {

        private final MeshNode root = mesh.node().root().start();
        private final MeshNode puppet = mesh.node().startPuppet(root);

        private void register(Descriptor member, Long... topics) {
            puppet.say(root, new Register(member, List.of(topics), 90));
            mesh.run(MOMENT);
        }

        @Test
        void names_registered_members_until_their_lease_ends() {
            mesh.run(Duration.ofMillis(500));
            register(puppet.descriptor(), HASH);
            assertThat(root.discovery().lookUp(HASH, 8)).containsExactly(puppet.descriptor());
            mesh.run(Duration.ofSeconds(91));
            assertThat(root.discovery().lookUp(HASH, 8)).isEmpty();
        }

        @Test
        void has_room_for_65536_registrations() {
            List<Long> topics = LongStream.range(0, 1_024).boxed().toList();
            List<MeshNode> members = Stream.generate(() -> mesh.node().startPuppet(root))
                    .limit(64)
                    .toList();
            mesh.run(Duration.ofMillis(500));
            for (MeshNode member : members) {
                member.say(root, new Register(member.descriptor(), topics, 90));
            }
            mesh.run(MOMENT);
            assertThat(told("registrations", root)).isEqualTo(new ToldTable(65_536, 65_536));

            register(puppet.descriptor(), HASH);
            assertThat(told("registrations", root)).isEqualTo(new ToldTable(65_536, 65_536));
            assertThat(root.counters().get("discovery.registry-full")).isOne();
        }

        @Test
        void forgets_members_that_leave_but_not_those_that_may_come_back() {
            MeshNode stays = mesh.node().startPuppet(root);
            mesh.run(Duration.ofMillis(500));
            register(puppet.descriptor(), HASH);
            stays.say(root, new Register(stays.descriptor(), List.of(HASH), 90));
            mesh.run(MOMENT);
            assertThat(root.discovery().lookUp(HASH, 8)).hasSize(2);

            puppet.leave();
            stays.crash();
            mesh.run(MOMENT);

            assertThat(root.discovery().lookUp(HASH, 8)).containsExactly(stays.descriptor());
        }

        @Test
        void takes_registrations_from_the_member_itself_only() {
            mesh.run(Duration.ofMillis(500));
            register(mesh.node().descriptor(), HASH);
            assertThat(root.discovery().lookUp(HASH, 8)).isEmpty();
            MeshPeer edge = root.get(puppet.self());
            assertThat(edge.misbehaviour()).containsExactly("discovery.register-forged");
        }

        @Test
        void hears_from_subscribers_every_thirty_seconds_and_when_they_change() {
            MeshNode member = mesh.node(root.address()).start();
            mesh.run(Duration.ofSeconds(5));
            member.subscribe(TOPIC);
            mesh.run(MOMENT);
            assertThat(sizeOf("registrations", root)).isEqualTo(1);
            assertThat(told("searches", member)).isEqualTo(new ToldTable(1, 7));
            mesh.run(Duration.ofMinutes(5));
            assertThat(sizeOf("registrations", root)).isEqualTo(1);
            member.unsubscribe(TOPIC);
            mesh.run(Duration.ofSeconds(2));
            assertThat(sizeOf("registrations", root)).isZero();
        }

        @Test
        void is_the_only_kind_of_node_that_keeps_registrations() {
            MeshNode ordinary = mesh.node().start();
            MeshNode other = mesh.node().startPuppet(ordinary);
            mesh.run(Duration.ofMillis(500));
            other.say(ordinary, new Register(other.descriptor(), List.of(HASH), 90));
            mesh.run(MOMENT);
            assertThat(ordinary.counters().get("discovery.registration-refused"))
                    .isEqualTo(1);
            assertThat(sizeOf("registrations", ordinary)).isZero();
        }
    }
}
