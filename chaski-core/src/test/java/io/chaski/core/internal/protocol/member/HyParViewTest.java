package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.ForwardJoin;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import io.chaski.core.internal.wire.MembershipFrame.ProbeAck;
import io.chaski.core.internal.wire.MembershipFrame.Redirect;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.MembershipFrame.ShuffleReply;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Joining, mixing views, healing, and whoever tries to spoil it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HyParViewTest extends AmongPuppets {

    private static final Peers.Reach NOBODY_WAITS = new Peers.Reach() {
        @Override
        public void onReached(Peer peer) {
            // nobody is there
        }

        @Override
        public void onUnreachable() {
            // only the dial counts
        }
    };

    @Nested
    class When_the_first_members_are_named {

        @Test
        void three_of_them_are_asked_to_let_the_node_in() {
            List<MeshNode> named = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                named.add(mesh.node().startPuppet());
            }
            view.onCandidates(named.stream().map(MeshNode::descriptor).toList());
            mesh.watch(node);
            mesh.run(Duration.ofMillis(700));
            assertThat(told("JOINs")).isEqualTo(new ToldTable(3, 3));
            List<Frame> heard = new ArrayList<>();
            named.forEach(puppet -> heard.addAll(heard(puppet)));
            assertThat(heard).hasSize(3).containsOnly(new Join(alias, node.descriptor()));
        }

        @Test
        void a_redirect_leads_to_those_it_names() {
            MeshNode contact = mesh.node().startPuppet();
            MeshNode other = mesh.node().startPuppet();
            view.onCandidates(List.of(contact.descriptor()));
            mesh.watch(node);
            mesh.run(Duration.ofMillis(700));
            contact.say(node, new Redirect(alias, List.of(other.descriptor())));
            mesh.run(Duration.ofMillis(700));
            assertThat(heard(other))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Neighbor.class,
                            asked -> assertThat(asked.priority()).isEqualTo(Priority.LOW));
            assertThat(told("requests")).isEqualTo(new ToldTable(1, 20));
        }
    }

    @Nested
    class When_a_node_joins {

        @Test
        void a_contact_with_a_slot_offers_it() {
            MeshNode puppet = puppet();
            puppet.say(node, new Join(alias, puppet.descriptor()));
            mesh.run(MOMENT);
            assertThat(heard(puppet)).hasSize(1).first().isInstanceOfSatisfying(Neighbor.class, offer -> {
                assertThat(offer.priority()).isEqualTo(Priority.OFFER);
                assertThat(offer.sender()).isEqualTo(node.descriptor());
            });
        }

        @Test
        void a_full_contact_names_its_members_starts_three_walks_and_evicts_nobody() {
            List<MeshNode> linked = link(6);
            MeshNode puppet = puppet();
            puppet.say(node, new Join(alias, puppet.descriptor()));
            mesh.run(MOMENT);
            List<Frame> heard = heard(puppet);
            assertThat(heard).hasSize(1).first().isInstanceOf(Redirect.class);
            assertThat(((Redirect) heard.get(0)).others()).hasSize(6);
            List<Frame> walks = new ArrayList<>();
            linked.forEach(peer -> walks.addAll(heard(peer)));
            assertThat(walks).hasSize(3).containsOnly(new ForwardJoin(alias, puppet.descriptor(), 6));
            assertThat(neighbours()).hasSize(6).doesNotContain(puppet.self());
        }

        @Test
        void a_walk_goes_on_to_somebody_else_with_one_hop_less() {
            List<MeshNode> linked = link(2);
            Descriptor joiner = mesh.node().descriptor();
            linked.get(0).say(node, new ForwardJoin(alias, joiner, 6));
            mesh.run(MOMENT);
            assertThat(heard(linked.get(0))).isEmpty();
            assertThat(heard(linked.get(1))).containsExactly(new ForwardJoin(alias, joiner, 5));
        }

        @Test
        void a_walk_that_ends_at_a_free_slot_offers_it() {
            List<MeshNode> linked = link(2);
            MeshNode joiner = mesh.node().startPuppet();
            linked.get(0).say(node, new ForwardJoin(alias, joiner.descriptor(), 0));
            mesh.run(Duration.ofMillis(700));
            assertThat(heard(joiner))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Neighbor.class,
                            offer -> assertThat(offer.priority()).isEqualTo(Priority.OFFER));
        }

        @Test
        void a_walk_looks_for_a_free_slot_six_hops_further_and_then_leaves_the_joiner_known() {
            List<MeshNode> linked = link(6);
            Descriptor joiner = mesh.node().descriptor();
            linked.get(0).say(node, new ForwardJoin(alias, joiner, -5));
            mesh.run(MOMENT);
            List<Frame> walks = new ArrayList<>();
            linked.forEach(peer -> walks.addAll(heard(peer)));
            assertThat(walks).containsExactly(new ForwardJoin(alias, joiner, -6));
            linked.get(0).say(node, new ForwardJoin(alias, joiner, -6));
            mesh.run(MOMENT);
            assertThat(view.known()).extracting(Descriptor::id).contains(joiner.id());
            assertThat(linked).allSatisfy(peer -> assertThat(heard(peer)).isEmpty());
        }

        @Test
        void walks_of_strangers_are_ignored_and_counted() {
            link(2);
            MeshNode stranger = puppet();
            stranger.say(node, new ForwardJoin(alias, mesh.node().descriptor(), 0));
            mesh.run(MOMENT);
            assertThat(node.counters().get("membership.walk-of-stranger")).isEqualTo(1);
        }

        @Test
        void a_redirect_that_nobody_asked_for_teaches_nothing() {
            MeshNode puppet = puppet();
            puppet.say(node, new Redirect(alias, List.of(mesh.node().descriptor())));
            mesh.run(MOMENT);
            assertThat(view.known()).isEmpty();
            assertThat(node.get(puppet.self()).misbehaviour).containsExactly("membership.redirect-unsolicited");
        }

        @Test
        void joins_beyond_ten_a_second_are_dropped() {
            List<MeshNode> linked = link(3);
            MeshNode puppet = puppet();
            for (int i = 0; i < 25; i++) {
                puppet.say(node, new Join(alias, puppet.descriptor()));
            }
            mesh.run(MOMENT);
            assertThat(node.get(puppet.self()).misbehaviour).hasSize(15).containsOnly("membership.rate");
            assertThat(heard(linked.get(0))).hasSize(10);
        }
    }

    @Nested
    class When_views_are_mixed {

        @Test
        void a_shuffle_goes_on_until_its_hops_are_used_up() {
            List<MeshNode> linked = link(2);
            Descriptor origin = mesh.node().descriptor();
            Shuffle shuffle = new Shuffle(alias, origin, List.of(mesh.node().descriptor()), 4);
            linked.get(0).say(node, shuffle);
            mesh.run(MOMENT);
            assertThat(heard(linked.get(1))).containsExactly(new Shuffle(alias, origin, shuffle.sample(), 3));
            assertThat(view.known()).doesNotContain(origin);
        }

        @Test
        void a_shuffle_that_cannot_go_on_is_accepted_and_answered() {
            MeshNode only = link(1).get(0);
            Descriptor origin = mesh.node().descriptor();
            Descriptor named = mesh.node().descriptor();
            only.say(node, new Shuffle(alias, origin, List.of(named), 6));
            mesh.run(MOMENT);
            assertThat(heard(only)).startsWith(new ShuffleReply(alias, List.of()));
            assertThat(view.known()).contains(origin, named);
        }
    }

    @Nested
    class When_a_member_vanishes {

        private MeshNode puppet;

        @BeforeEach
        void crash() {
            puppet = link(1).get(0);
            puppet.crash();
            mesh.run(MOMENT);
        }

        @Test
        void hearsay_does_not_revive_it() {
            MeshNode other = link(1).get(0);
            other.say(node, new Disconnect(alias, 77, true, List.of(puppet.descriptor())));
            mesh.run(MOMENT);
            assertThat(view.known()).extracting(Descriptor::id).containsExactly(other.self());
        }

        @Test
        void word_of_its_next_life_does() {
            MeshNode other = link(1).get(0);
            MeshNode next = mesh.restarted(puppet).startPuppet();
            other.say(node, new Disconnect(alias, 77, true, List.of(next.descriptor())));
            mesh.run(MOMENT);
            assertThat(view.known()).extracting(Descriptor::id).contains(next.self());
        }

        @Test
        void it_is_one_of_thirty_that_are_remembered() {
            assertThat(told("lost members")).isEqualTo(new ToldTable(1, 30));
            for (int i = 0; i < 6; i++) {
                link(5).forEach(MeshNode::crash);
                mesh.run(MOMENT);
            }
            assertThat(told("lost members")).isEqualTo(new ToldTable(30, 30));
        }

        @Test
        void it_is_asked_again_and_again_and_linked_when_it_answers() {
            MeshNode back = mesh.restarted(puppet).startPuppet();
            Probe probe = null;
            for (int second = 0; probe == null && second < 60; second++) {
                mesh.run(Duration.ofSeconds(1));
                for (Frame frame : heard(back)) {
                    probe = frame instanceof Probe found && found.topic() == alias ? found : probe;
                }
            }
            assertThat(probe).isNotNull();
            assertThat(told("probes")).isEqualTo(new ToldTable(1, 16));
            back.say(node, new ProbeAck(alias, probe.token(), true, back.descriptor(), List.of()));
            mesh.run(MOMENT);
            assertThat(heard(back))
                    .filteredOn(frame -> frame instanceof Neighbor asked && asked.topic() == alias)
                    .isNotEmpty();
        }

        @Test
        void and_fifteen_more_they_are_asked_at_a_time() {
            for (int i = 0; i <= 16; i++) {
                view.probe(Address.tcp("10.9.2." + i, 8511));
            }
            assertThat(told("probes")).isEqualTo(new ToldTable(16, 16));
        }

        @Test
        void and_comes_back_it_is_one_of_32_that_are_remembered_until_they_are_linked() {
            comeBack(List.of(puppet), true);
            assertThat(told("members that have returned")).isEqualTo(new ToldTable(1, 32));
            for (int i = 0; i < 7; i++) {
                List<MeshNode> linked = link(5);
                linked.forEach(MeshNode::crash);
                mesh.run(MOMENT);
                comeBack(linked, true);
            }
            assertThat(told("members that have returned")).isEqualTo(new ToldTable(32, 32));
        }

        private List<MeshNode> comeBack(List<MeshNode> lost, boolean asMembers) {
            List<MeshNode> back = lost.stream().map(mesh::restarted).toList();
            for (MeshNode each : back) {
                if (asMembers) {
                    each.announce(TOPIC);
                }
                each.startPuppet(node);
            }
            mesh.run(Duration.ofMillis(500));
            return back;
        }

        /** Sixteen are asked at a time. The first that answers is asked for a link at once, the others one after the other. */
        @Test
        void and_others_with_it_those_that_answer_are_linked_one_after_the_other() {
            List<MeshNode> lost = new ArrayList<>(List.of(puppet));
            for (int i = 0; i < 4; i++) {
                List<MeshNode> linked = link(5);
                linked.forEach(MeshNode::crash);
                mesh.run(MOMENT);
                lost.addAll(linked);
            }
            List<MeshNode> back = comeBack(lost, false);
            view.onNetworkChanged();
            mesh.run(MOMENT);
            for (MeshNode each : back) {
                for (Frame frame : heard(each)) {
                    if (frame instanceof Probe probe) {
                        each.say(node, new ProbeAck(alias, probe.token(), true, each.descriptor(), List.of()));
                    }
                }
            }
            mesh.run(Duration.ofMillis(200));
            assertThat(told("members of another component")).isEqualTo(new ToldTable(15, 32));
        }

        @Test
        void an_answer_to_a_probe_that_was_never_sent_is_a_broken_rule() {
            MeshNode other = puppet();
            other.say(node, new ProbeAck(alias, 1, true, other.descriptor(), List.of()));
            mesh.run(MOMENT);
            assertThat(neighbours()).isEmpty();
            assertThat(node.get(other.self()).misbehaviour).containsExactly("membership.probe-ack-unsolicited");
        }
    }

    @Nested
    class When_all_neighbours_have_crashed_and_there_are_no_dials_left_for_those_it_has_heard_of {

        /** The node has dialled one of these, and the other has come of his own accord. Neither is its elder. */
        private final MeshNode reached = mesh.restarted(mesh.node()).startPuppet();

        private final MeshNode visitor = mesh.restarted(mesh.node()).startPuppet();

        @BeforeEach
        void crash() {
            List<MeshNode> linked = link(5);
            node.connect(reached);
            visitor.connect(node);
            mesh.run(MOMENT);
            List<Descriptor> known = new ArrayList<>(List.of(reached.descriptor(), visitor.descriptor()));
            for (int i = 0; i < 100; i++) {
                known.add(stranger(i, "10.9.0." + i, 2_000));
            }
            for (int from = 0; from < known.size(); from += 8) {
                List<Descriptor> sample = known.subList(from, Math.min(from + 8, known.size()));
                linked.get(from / 8 % 5).say(node, new ShuffleReply(alias, sample));
            }
            mesh.run(MOMENT);
            for (int i = 0; i < 8; i++) {
                node.reach(Address.tcp("10.9.1." + i, 8511), Peers.Trust.HINT, NOBODY_WAITS);
            }
            linked.forEach(MeshNode::crash);
            mesh.run(MOMENT);
        }

        private boolean isAsked(MeshNode puppet) {
            return heard(puppet).stream().anyMatch(frame -> frame instanceof Neighbor);
        }

        @Test
        void it_asks_a_member_that_it_has_dialled_before() {
            assertThat(isAsked(reached)).isTrue();
        }

        @Test
        void whoever_came_of_his_own_accord_gains_nothing() {
            assertThat(isAsked(visitor)).isFalse();
        }
    }

    @Nested
    class When_somebody_probes {

        @Test
        void the_answer_shows_what_both_know() {
            List<MeshNode> linked = link(3);
            MeshNode puppet = puppet();
            List<Descriptor> sample =
                    List.of(mesh.node().descriptor(), linked.get(1).descriptor());
            puppet.say(node, new Probe(alias, 9, puppet.descriptor(), sample));
            mesh.run(MOMENT);
            assertThat(heard(puppet)).singleElement().isInstanceOfSatisfying(ProbeAck.class, ack -> {
                assertThat(ack.token()).isEqualTo(9);
                assertThat(ack.subscribed()).isTrue();
                assertThat(ack.sample().get(0).id()).isEqualTo(linked.get(1).self());
                assertThat(ack.sample()).hasSize(3);
            });
        }
    }

    @Nested
    class When_neighbours_are_slow {

        /** Six at a time, so that all are demoted within the two seconds of the first. */
        @Test
        void twenty_links_drain_at_a_time() {
            List<MeshNode> slow = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                slow.add(puppet());
            }
            for (int from = 0; from < slow.size(); from += 6) {
                List<MeshNode> some = slow.subList(from, from + 6);
                some.forEach(each -> each.say(node, ask(each, Priority.HIGH, 5)));
                mesh.run(MOMENT);
                assertThat(told("links")).isEqualTo(new ToldTable(6, 6));
                some.forEach(each -> view.onSlow(node.get(each.self())));
                assertThat(told("links")).isEqualTo(new ToldTable(0, 6));
                assertThat(told("draining links")).isEqualTo(new ToldTable(Math.min(from + 6, 20), 20));
            }
        }
    }

    @Nested
    class When_neighbours_are_hostile {

        @Test
        void tables_keep_their_bounds_and_forged_descriptors_stay_out() {
            List<MeshNode> linked = link(3);
            for (int round = 0; round < 400; round++) {
                MeshNode hostile = linked.get(round % 3);
                hostile.say(node, new ShuffleReply(alias, forged(round)));
                hostile.say(node, new Shuffle(alias, forged(round).get(0), forged(round + 1), 0));
                hostile.say(node, new ForwardJoin(alias, stranger(round, "10.9.0.1"), -6));
                hostile.say(node, new ForwardJoin(alias, forged(round).get(1), 0));
                hostile.say(node, new ShuffleReply(alias, List.of(stranger(100_000 + round, "10.8.0.1"))));
                mesh.run(Duration.ofMillis(100));
            }
            assertThat(ToldTable.all(view::tellTables))
                    .allSatisfy(
                            (table, told) -> assertThat(told.size()).as(table).isLessThanOrEqualTo(told.most()))
                    .containsEntry("links", new ToldTable(3, 6))
                    .containsEntry("passive members", new ToldTable(30, 30))
                    .containsEntry("booked members", new ToldTable(100, 100));
            assertThat(told("requests").size()).isLessThanOrEqualTo(6);
            assertThat(view.known())
                    .allSatisfy(
                            known -> assertThat(known.addresses().get(0).host()).startsWith("10."))
                    .noneMatch(known -> known.id().equals(node.self()));
        }

        @Test
        void the_bound_of_each_table_is_known() {
            Map<String, Long> bounds = new HashMap<>();
            view.tellTables((table, size, most) -> bounds.put(table, most));
            assertThat(bounds)
                    .isEqualTo(Map.of(
                            "links", 6L,
                            "passive members", 30L,
                            "booked members", 100L,
                            "lost members", 30L,
                            "requests", 20L,
                            "JOINs", 3L,
                            "probes", 16L,
                            "draining links", 20L,
                            "members that have returned", 32L,
                            "members of another component", 32L));
        }

        private List<Descriptor> forged(int number) {
            return List.of(
                    stranger(number, "127.0.0.1"),
                    stranger(number, "169.254.169.254"),
                    stranger(number, "224.0.0.1"),
                    stranger(number, "::1"),
                    stranger(number, "fe80::1"),
                    new Descriptor(
                            node.self(),
                            9_999,
                            List.of(Address.tcp("10.1.1.1", 1)),
                            true,
                            false,
                            false,
                            TopicSummary.NONE,
                            0),
                    new Descriptor(
                            new NodeId(7, number),
                            Long.MAX_VALUE,
                            List.of(Address.tcp("10.1.1.1", 1)),
                            true,
                            false,
                            false,
                            TopicSummary.NONE,
                            0),
                    new Descriptor(
                            new NodeId(8, number),
                            1,
                            List.of(Address.tcp("10.1.1.1", 1)),
                            true,
                            false,
                            false,
                            TopicSummary.NONE,
                            60_000));
        }
    }

    private ToldTable told(String table) {
        return ToldTable.all(view::tellTables).get(table);
    }

    private static Descriptor stranger(int number, String host) {
        return stranger(number, host, 1);
    }

    private static Descriptor stranger(int number, String host, long epoch) {
        return new Descriptor(
                new NodeId(6, number),
                epoch,
                List.of(Address.tcp(host, 1 + number % 60_000)),
                false,
                false,
                false,
                TopicSummary.NONE,
                0);
    }
}
