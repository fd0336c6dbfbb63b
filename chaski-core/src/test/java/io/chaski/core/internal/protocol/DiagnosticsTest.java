package io.chaski.core.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.Diagnosis;
import io.chaski.core.Diagnosis.Finding;
import io.chaski.core.Diagnosis.Kind;
import io.chaski.core.Diagnosis.Rung;
import io.chaski.core.Diagnosis.State;
import io.chaski.core.Diagnosis.Step;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.ProbeResult;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Beacon;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.WireLimits;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Policy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    Map<Step, State> states(Node node) {
        Map<Step, State> states = new EnumMap<>(Step.class);
        diagnose(node).rungs().forEach(rung -> states.put(rung.step(), rung.state()));
        return states;
    }

    static Map<Step, State> ladder(
            State subscription, State bootstrap, State lan, State lookUp, State members, State relay, State udp) {
        return new EnumMap<>(Map.of(
                Step.SUBSCRIPTION, subscription,
                Step.BOOTSTRAP, bootstrap,
                Step.LAN, lan,
                Step.LOOK_UP, lookUp,
                Step.MEMBERS, members,
                Step.RELAY, relay,
                Step.UDP, udp));
    }

    Finding finding(Node node, Kind kind) {
        return diagnose(node).findings().stream()
                .filter(finding -> finding.kind() == kind)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " in " + diagnose(node)));
    }

    /** Tells a node, over an edge, of a member of the topic that may be where it is said to be. */
    Stranger gossip(Node to, Address... member) {
        Stranger gossip = wires.stranger(to, Address.tcp("10.9.9.9", 50_000));
        Descriptor self = new Descriptor(new NodeId(1, 99), 1, List.of(), false, false, false, TopicSummary.NONE, 0);
        gossip.send(new Hello(1, 1, "test", "gossip", self, 99, WireLimits.DEFAULT_MAX_FRAME, 0, 1_000));
        gossip.send(new HelloAck(1, 0, 7, 8));
        gossip.send(new InternTopic(1, "t"));
        TopicSummary topics = TopicSummary.of(List.of(TopicSummary.hashOf("t")));
        Descriptor hint = new Descriptor(new NodeId(5, 5), 1, List.of(member), true, false, false, topics, 0);
        gossip.send(new Shuffle(1, self, List.of(hint), 0));
        return gossip;
    }

    @Nested
    class A_topic {
        @Test
        void with_neighbours_is_paired() {
            Node alice = member("alice");
            Node bob = member("bob", alice.address());
            wires.advance(Duration.ofSeconds(2));

            assertThat(diagnose(bob).paired()).isTrue();
            assertThat(kinds(bob)).containsExactly(Kind.PAIRED);
            assertThat(states(bob))
                    .isEqualTo(ladder(
                            State.GOOD, State.GOOD, State.UNUSED, State.GOOD, State.GOOD, State.UNUSED, State.GOOD));
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
            wires.advance(Duration.ofMillis(100));
            assertThat(kinds(bob)).as("just asked").containsExactly(Kind.LOOK_UP_PENDING);
            assertThat(states(bob).get(Step.LOOK_UP)).isEqualTo(State.TRYING);

            wires.advance(Duration.ofSeconds(2));

            assertThat(kinds(bob)).containsExactly(Kind.NO_MEMBER_KNOWN);
            assertThat(states(bob).get(Step.LOOK_UP)).isEqualTo(State.FAILED);
        }

        @Test
        void whose_members_are_silent_says_so() {
            wires.swallow(NOBODY);
            Node alice = member("alice");
            gossip(alice, NOBODY);
            wires.advance(Duration.ofMillis(1_500));
            assertThat(kinds(alice)).containsExactly(Kind.NO_BOOTSTRAP, Kind.DIAL_PENDING);
            assertThat(states(alice).get(Step.MEMBERS)).isEqualTo(State.TRYING);
            wires.advance(Duration.ofSeconds(4));

            assertThat(finding(alice, Kind.DIAL_REFUSED).address()).contains(NOBODY);
            assertThat(finding(alice, Kind.DIAL_REFUSED).detail()).contains("TIMEOUT");
        }

        @Test
        void whose_members_refuse_says_which_and_when() {
            Node alice = member("alice");
            gossip(alice, NOBODY);
            wires.advance(Duration.ofSeconds(2));
            Finding before = finding(alice, Kind.DIAL_REFUSED);
            wires.advance(Duration.ofMillis(10));
            Finding after = finding(alice, Kind.DIAL_REFUSED);

            assertThat(after.address()).contains(NOBODY);
            assertThat(after.detail()).contains("refuses connections");
            assertThat(after.age()).contains(before.age().orElseThrow().plusMillis(10));
            assertThat(states(alice))
                    .isEqualTo(ladder(
                            State.GOOD,
                            State.UNUSED,
                            State.UNUSED,
                            State.GOOD,
                            State.FAILED,
                            State.UNUSED,
                            State.UNUSED));
        }

        @Test
        void whose_members_are_lost_and_forgotten_by_others_still_says_where_they_were() {
            Node alice = member("alice");
            Node bob = member("bob", alice.address());
            wires.advance(Duration.ofSeconds(2));
            bob.crash();
            wires.advance(Duration.ofMinutes(30));

            assertThat(finding(alice, Kind.DIAL_REFUSED).address()).contains(bob.address());
        }

        @Test
        void whose_member_has_just_been_met_waits_for_a_link() {
            Node alice = member("alice");
            memberWithoutAddress(alice);
            wires.settle();

            assertThat(kinds(alice)).containsExactly(Kind.NO_BOOTSTRAP, Kind.NOT_LINKED);
            assertThat(states(alice).get(Step.MEMBERS)).isEqualTo(State.TRYING);
        }

        private Stranger memberWithoutAddress(Node to) {
            Stranger other = wires.stranger(to, Address.tcp("10.9.9.9", 50_000));
            TopicSummary topics = TopicSummary.of(List.of(TopicSummary.hashOf("t")));
            Descriptor self = new Descriptor(new NodeId(1, 99), 1, List.of(), false, false, false, topics, 0);
            other.send(new Hello(1, 1, "test", "other", self, 99, WireLimits.DEFAULT_MAX_FRAME, 0, 1_000));
            other.send(new HelloAck(1, 0, 7, 8));
            return other;
        }

        @Test
        void that_a_policy_denies_its_only_member_says_so() {
            wires.secured();
            Node alice = member("alice");
            alice.protocol().onRules(denying("mallory"), wires.nowNanos());
            member("mallory", alice.address());
            wires.advance(Duration.ofSeconds(2));

            assertThat(kinds(alice)).containsExactly(Kind.NO_BOOTSTRAP, Kind.FORBIDDEN);
        }

        private AccessRules denying(String node) {
            return AccessRules.of(Policy.parse("{\"version\":1,\"domain\":\"test.example\",\"roles\":{\"all\":{"
                    + "\"match\":[\"chaski://test.example/**\"],\"publish\":[\"**\"],\"subscribe\":[\"**\"],"
                    + "\"discover\":[\"**\"]},\"some\":{\"match\":[\"chaski://test.example/node/" + node
                    + "\"],\"deny\":{\"publish\":[\"**\"],\"subscribe\":[\"**\"]}}}}"));
        }

        @Test
        void tells_how_often_others_were_asked() {
            Node alice = wires.node("alice", Wires.Options::automatic);
            Node bob = member("bob", alice.address());
            wires.advance(Duration.ofSeconds(10));

            assertThat(diagnose(bob).rung(Step.LOOK_UP).summary())
                    .matches("edges: 1, attempts: [2-9], the last \\d+ ms ago, answers: 0");
        }
    }

    @Nested
    class A_report {
        @Test
        void is_read_by_people() {
            Finding finding = new Finding(
                    Kind.BOOTSTRAP_REFUSED,
                    Optional.of(NOBODY),
                    Optional.of(Duration.ofMillis(1_260)),
                    "refuses connections");
            List<Rung> rungs = List.of(
                    new Rung(Step.SUBSCRIPTION, State.GOOD, "this node subscribes", List.of()),
                    new Rung(Step.BOOTSTRAP, State.FAILED, "0 of 1 addresses", List.of(finding)));

            assertThat(new Diagnosis("news", false, rungs).toString().lines())
                    .containsExactly(
                            "topic news has found nobody",
                            "  SUBSCRIPTION GOOD    this node subscribes",
                            "  BOOTSTRAP    FAILED  0 of 1 addresses",
                            "    BOOTSTRAP_REFUSED 10.66.66.66:8511, 1.3 s ago: refuses connections");
        }

        @Test
        void has_every_rung_in_its_order() {
            assertThat(diagnose(member("alice")).rungs()).extracting(Rung::step).containsExactly(Step.values());
        }

        @Test
        void says_something_of_every_topic_that_has_found_nobody() {
            assertThat(diagnose(wires.node("alice")).findings()).isNotEmpty();
            assertThat(kinds(member("bob", NOBODY))).containsExactly(Kind.BOOTSTRAP_PENDING);
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
            assertThat(finding(alice, Kind.BOOTSTRAP_REFUSED).address()).contains(NOBODY);
            assertThat(finding(alice, Kind.BOOTSTRAP_REFUSED).age())
                    .hasValueSatisfying(age -> assertThat(age).isLessThan(Duration.ofSeconds(1)));
            assertThat(states(alice))
                    .isEqualTo(ladder(
                            State.GOOD,
                            State.FAILED,
                            State.UNUSED,
                            State.UNUSED,
                            State.UNUSED,
                            State.UNUSED,
                            State.UNUSED));
        }

        @Test
        void may_be_silent() {
            wires.swallow(NOBODY);
            Node alice = member("alice", NOBODY);
            wires.advance(Duration.ofSeconds(5));

            assertThat(kinds(alice)).containsExactly(Kind.BOOTSTRAP_SILENT);
        }

        @Test
        void may_close_the_connection_with_a_reason() {
            wires.answer(NOBODY, new Goodbye(CloseReason.MAX_FRAME, 0, "only frames of 4 MiB here"));
            Node alice = member("alice", NOBODY);
            wires.advance(Duration.ofSeconds(1));

            assertThat(kinds(alice)).containsExactly(Kind.BOOTSTRAP_REFUSED);
            assertThat(finding(alice, Kind.BOOTSTRAP_REFUSED).detail()).contains("MAX_FRAME");
        }

        @Test
        void may_have_a_name_that_nobody_knows() {
            Address name = Address.tcp("nowhere.example", 8511);
            wires.swallow(name);
            Node alice = member("alice", name);
            wires.settle();
            alice.protocol().onDialFailed(alice.links().get(0), DialFailure.UNRESOLVED, wires.nowNanos());

            assertThat(kinds(alice)).containsExactly(Kind.BOOTSTRAP_UNRESOLVED);
        }

        @Test
        void that_is_down_matters_little_when_another_one_is_up() {
            Node root = wires.node("root", Wires.Options::automatic);
            Node alice = member("alice", NOBODY, root.address());
            wires.advance(Duration.ofSeconds(2));

            assertThat(kinds(alice)).containsExactly(Kind.BOOTSTRAP_REFUSED, Kind.NO_MEMBER_KNOWN);
            assertThat(states(alice).get(Step.BOOTSTRAP)).isEqualTo(State.GOOD);
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
            wires.advance(Duration.ofSeconds(2));

            assertThat(alice.address()).isEqualTo(own);
            assertThat(kinds(alice)).containsExactly(Kind.NO_MEMBER_KNOWN);
        }
    }

    @Nested
    class A_LAN {
        @Test
        void may_be_silent() {
            wires.withLan();
            Node alice = member("alice");
            wires.advance(Duration.ofSeconds(2));

            assertThat(kinds(alice)).containsExactly(Kind.NO_BOOTSTRAP, Kind.LAN_SILENT);
            assertThat(states(alice).get(Step.LAN)).isEqualTo(State.TRYING);

            wires.advance(Duration.ofSeconds(10));

            assertThat(kinds(alice)).containsExactly(Kind.NO_BOOTSTRAP, Kind.LAN_SILENT);
            assertThat(states(alice).get(Step.LAN))
                    .as("nobody answers to ten beacons")
                    .isEqualTo(State.FAILED);
        }

        @Test
        void may_have_only_nodes_of_other_clusters() {
            wires.withLan();
            Node alice = member("alice");
            wires.node("foreigner", options -> options.automatic().cluster("theirs"));
            wires.advance(Duration.ofSeconds(2));

            assertThat(kinds(alice)).containsExactly(Kind.NO_BOOTSTRAP, Kind.LAN_SILENT);
            assertThat(finding(alice, Kind.LAN_SILENT).detail()).matches("nobody was heard, .*others?.*: [1-9]\\d*");
            assertThat(states(alice).get(Step.LAN)).isEqualTo(State.FAILED);
        }

        @Test
        void may_have_somebody_who_is_dialled_and_refuses() {
            wires.withLan();
            Node alice = member("alice");
            wires.beacon(NOBODY, alice, new Beacon(Beacon.hashOf("test"), 1, NOBODY.port()));

            assertThat(finding(alice, Kind.LAN_PENDING).address()).contains(NOBODY);
            wires.advance(Duration.ofSeconds(1));
            assertThat(finding(alice, Kind.LAN_REFUSED).address()).contains(NOBODY);
            assertThat(finding(alice, Kind.LAN_REFUSED).age()).isPresent();
            assertThat(states(alice).get(Step.LAN)).isEqualTo(State.FAILED);
        }

        @Test
        void may_have_led_to_somebody_who_knows_no_member() {
            wires.withLan();
            Node alice = member("alice");
            wires.node("bob", Wires.Options::automatic);
            wires.advance(Duration.ofSeconds(5));

            assertThat(kinds(alice)).containsExactly(Kind.NO_BOOTSTRAP, Kind.NO_MEMBER_KNOWN);
            assertThat(states(alice).get(Step.LAN)).isEqualTo(State.GOOD);
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
            assertThat(finding(alice, Kind.UDP_DEAD).address()).contains(root.address());
            assertThat(finding(alice, Kind.UDP_DEAD).age()).isPresent();
            assertThat(states(alice).get(Step.UDP)).isEqualTo(State.FAILED);
        }

        @Test
        void is_alive_when_one_answers() {
            Node alice = member("alice", root.address());
            wires.advance(Duration.ofSeconds(3));

            assertThat(kinds(alice)).doesNotContain(Kind.UDP_DEAD);
        }

        @Test
        void is_looked_for_at_each_bootstrap_node_with_an_edge() {
            Node other = wires.node("other", Wires.Options::automatic);
            Node alice = member("alice", root.address(), other.address(), NOBODY);
            wires.advance(Duration.ofSeconds(3));

            assertThat(alice.tables()).containsEntry("bootstraps asked over UDP", new ToldTable(2, 3));
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
