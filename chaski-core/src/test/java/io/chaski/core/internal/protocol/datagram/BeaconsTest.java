package io.chaski.core.internal.protocol.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.wire.Beacon;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BeaconsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Wires wires = new Wires().withLan();

    private Node node(String name) {
        return wires.node(name, Wires.Options::automatic);
    }

    private Node node(String name, String cluster) {
        return wires.node(name, options -> options.automatic().cluster(cluster));
    }

    private List<Node> nodes(int count, String cluster) {
        List<Node> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(node(cluster + i, cluster));
        }
        return made;
    }

    /** Those that hang together with the first one. */
    private static Set<NodeId> component(List<Node> nodes) {
        Set<NodeId> reached = new HashSet<>(Set.of(nodes.get(0).id()));
        for (int i = 0; i < nodes.size(); i++) {
            for (Node node : nodes) {
                if (reached.contains(node.id())) {
                    reached.addAll(node.peers());
                }
            }
        }
        return reached;
    }

    private static Beacon beaconOf(String cluster, int port) {
        return new Beacon(Beacon.hashOf(cluster), 1, port);
    }

    @Nested
    class A_node {
        @Test
        void says_each_second_for_ten_seconds_and_then_every_eight_that_it_is_there() {
            Node alice = node("alice");
            wires.advance(Duration.ofSeconds(13));
            List<Long> early = List.copyOf(alice.beaconsAtNanos());
            wires.advance(Duration.ofSeconds(80));
            List<Long> late = alice.beaconsAtNanos();

            assertThat(early).hasSizeBetween(10, 11);
            assertThat(late.size() - early.size()).isBetween(8, 13);
            assertThat(pausesMillis(late)).allSatisfy(pause -> assertThat(pause).isBetween(800L, 9_600L));
            assertThat(new HashSet<>(pausesMillis(late))).as("jittered").hasSizeGreaterThan(10);
        }

        private List<Long> pausesMillis(List<Long> atNanos) {
            List<Long> pauses = new ArrayList<>();
            for (int i = 1; i < atNanos.size(); i++) {
                pauses.add((atNanos.get(i) - atNanos.get(i - 1)) / 1_000_000);
            }
            return pauses;
        }

        @Test
        void begins_anew_on_another_network() {
            Node alice = node("alice");
            wires.advance(MINUTE);
            int before = alice.beaconsAtNanos().size();
            alice.protocol().onNetworkChanged(wires.nowNanos());
            wires.advance(Duration.ofSeconds(10));

            assertThat(alice.beaconsAtNanos().size() - before).isGreaterThan(7);
        }

        @Test
        void says_and_hears_nothing_when_it_has_left() {
            Node alice = node("alice");
            wires.advance(Duration.ofSeconds(2));
            alice.leave();
            alice.beaconsAtNanos().clear();
            node("bob");
            wires.advance(MINUTE);

            assertThat(alice.beaconsAtNanos()).isEmpty();
            assertThat(alice.dialled()).isEmpty();
        }

        @Test
        void that_takes_no_part_says_and_hears_nothing() {
            Node shy = new Wires().node("shy", Wires.Options::automatic);
            shy.protocol().onBeacon(Address.tcp("10.7.7.7", 1), beaconOf("test", 8511), 0);

            assertThat(shy.beaconsAtNanos()).isEmpty();
            assertThat(shy.dialled()).isEmpty();
        }

        @Test
        void ignores_its_own_beacons() {
            Node alice = node("alice");
            wires.advance(Duration.ofSeconds(5));

            assertThat(alice.dialled()).isEmpty();
            assertThat(alice.counter("lan.own"))
                    .isEqualTo(alice.beaconsAtNanos().size());
            assertThat(alice.counter("lan.heard")).isZero();
        }
    }

    @Nested
    class Nodes_of_one_cluster {
        @Test
        void find_each_other_without_a_bootstrap_node_and_talk() {
            Node alice = node("alice");
            Node bob = node("bob");
            alice.protocol().subscribe("t", wires.nowNanos());
            bob.protocol().subscribe("t", wires.nowNanos());
            wires.advance(Duration.ofSeconds(5));
            alice.publish("t", "hello");
            wires.advance(Duration.ofSeconds(1));

            assertThat(bob.delivered()).extracting(Wires.Delivered::text).containsExactly("hello");
        }

        @Test
        void find_each_other_with_identities_too() {
            wires.secured();
            Node alice = node("alice");
            Node bob = node("bob");
            wires.advance(Duration.ofSeconds(5));

            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void become_one_mesh_without_dialling_everybody() {
            List<Node> all = nodes(30, "test");
            wires.advance(Duration.ofSeconds(20));
            assertThat(component(all)).hasSize(30);
            long probes =
                    all.stream().mapToLong(node -> node.counter("lan.probes")).sum();
            wires.advance(Duration.ofMinutes(2));
            long later =
                    all.stream().mapToLong(node -> node.counter("lan.probes")).sum();

            assertThat(component(all)).hasSize(30);
            assertThat(probes).as("while they were lonely").isLessThan(30 * 10);
            assertThat(later - probes).as("four a minute each, at most").isLessThanOrEqualTo(30 * 11);
        }

        @Test
        void that_have_grown_into_two_meshes_become_one() {
            wires.cutLan(true);
            List<Node> all = new ArrayList<>();
            for (String side : List.of("left", "right")) {
                Node first = node(side);
                all.add(first);
                for (int i = 0; i < 4; i++) {
                    all.add(wires.node(side + i, options -> options.automatic().bootstrap(first.address())));
                }
            }
            wires.advance(MINUTE);
            assertThat(component(all)).hasSize(5);
            wires.cutLan(false);
            wires.advance(MINUTE);

            assertThat(component(all)).hasSize(10);
        }

        @Test
        void do_not_dial_whom_they_are_connected_to() {
            Node alice = node("alice");
            Node bob = node("bob");
            wires.advance(Duration.ofMinutes(5));

            assertThat(alice.dialled().size() + bob.dialled().size()).isBetween(1, 3);
        }
    }

    @Nested
    class Two_clusters_on_one_lan {
        @Test
        void never_merge_and_do_not_even_dial_each_other() {
            List<Node> ours = nodes(4, "ours");
            List<Node> theirs = nodes(4, "theirs");
            wires.advance(Duration.ofMinutes(3));

            assertThat(component(ours)).containsExactlyInAnyOrderElementsOf(ids(ours));
            assertThat(component(theirs)).containsExactlyInAnyOrderElementsOf(ids(theirs));
            assertThat(ours)
                    .allSatisfy(node -> assertThat(node.dialled()).doesNotContainAnyElementsOf(addresses(theirs)));
            assertThat(ours)
                    .allSatisfy(node ->
                            assertThat(node.counter("lan.other-cluster")).isPositive());
        }

        @Test
        void do_not_merge_when_their_hashes_are_the_same() {
            Node ours = node("ours", "ours");
            Node theirs = node("theirs", "theirs");
            for (int i = 0; i < 20; i++) {
                wires.beacon(
                        theirs.address(),
                        ours,
                        beaconOf("ours", theirs.address().port()));
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(ours.dialled()).contains(theirs.address());
            assertThat(ours.peers()).isEmpty();
            assertThat(theirs.peers()).isEmpty();
        }

        private List<NodeId> ids(List<Node> nodes) {
            return nodes.stream().map(Node::id).toList();
        }

        private List<Address> addresses(List<Node> nodes) {
            return nodes.stream().map(Node::address).toList();
        }
    }

    @Nested
    class What_is_said {
        final Node alice = node("alice");

        @Test
        void is_only_an_address_to_dial() {
            Address nobody = Address.tcp("10.66.66.66", 8511);
            wires.beacon(nobody, alice, beaconOf("test", 8511));
            wires.advance(Duration.ofSeconds(1));

            assertThat(alice.dialled()).contains(nobody);
            assertThat(alice.peers()).isEmpty();
            assertThat(alice.protocol().overlays().get(0).membership().neighbours())
                    .isEmpty();
        }

        @Test
        void is_dialled_in_turns() {
            Address first = Address.tcp("10.66.66.66", 8511);
            Address second = Address.tcp("10.66.66.67", 8511);
            wires.beacon(first, alice, beaconOf("test", 8511));
            wires.beacon(second, alice, beaconOf("test", 8511));
            wires.advance(Duration.ofSeconds(25));

            assertThat(alice.dialled().stream().filter(first::equals).count())
                    .isGreaterThan(5)
                    .isCloseTo(alice.dialled().stream().filter(second::equals).count(), within(1L));
        }

        @Test
        void is_hearsay_and_shares_its_budget() {
            for (int i = 0; i < 8; i++) {
                List<Address> elsewhere = List.of(Address.tcp("10.77.0." + i, 1));
                alice.reach(new Descriptor(new NodeId(5, i), 1, elsewhere, true, false, false, TopicSummary.NONE, 0));
            }
            Address nobody = Address.tcp("10.66.66.66", 8511);
            wires.beacon(nobody, alice, beaconOf("test", 8511));
            wires.advance(Duration.ofMillis(250));

            assertThat(alice.counter("lan.probes")).isOne();
            assertThat(alice.counter("dial.over-budget")).isOne();
            assertThat(alice.dialled()).hasSize(8).doesNotContain(nobody);
        }

        @Test
        void once_is_forgotten_after_half_a_minute() {
            wires.beacon(Address.tcp("10.66.66.66", 8511), alice, beaconOf("test", 8511));
            wires.advance(Duration.ofSeconds(35));
            int dialled = alice.dialled().size();
            wires.advance(Duration.ofMinutes(5));

            assertThat(dialled).isBetween(10, 45);
            assertThat(alice.dialled()).hasSize(dialled);
        }

        @Test
        void by_one_host_that_floods_is_heard_twenty_times_a_second() {
            for (int i = 0; i < 1_000; i++) {
                wires.beacon(Address.tcp("10.66.66.66", 1), alice, beaconOf("theirs", 1 + i));
            }

            assertThat(alice.counter("lan.other-cluster")).isEqualTo(20);
            assertThat(alice.counter("lan.over-limit")).isEqualTo(980);
        }

        @Test
        void by_many_hosts_that_flood_is_heard_five_hundred_times_a_second() {
            for (int i = 0; i < 4_000; i++) {
                wires.beacon(Address.tcp("10.66." + i / 250 + "." + i % 250, 1), alice, beaconOf("theirs", 8511));
            }

            assertThat(alice.counter("lan.other-cluster")).isEqualTo(500);
            assertThat(alice.counter("lan.over-limit")).isEqualTo(3_500);
        }

        @Test
        void of_made_up_hosts_makes_nobody_dial_more_than_hints_may() {
            for (int second = 0; second < 60; second++) {
                for (int i = 0; i < 100; i++) {
                    wires.beacon(Address.tcp("10.66." + second + "." + i, 1), alice, beaconOf("test", 8511));
                }
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(alice.dialled()).hasSizeLessThanOrEqualTo(8 + 60);
            assertThat(alice.counter("lan.no-room")).isPositive();
        }

        @Test
        void of_made_up_ports_of_one_host_leaves_room_for_others() {
            wires.swallow(Address.tcp("10.66.66.66", 1));
            for (int i = 1; i <= 20; i++) {
                wires.beacon(Address.tcp("10.66.66.66", 1), alice, beaconOf("test", i));
            }
            wires.beacon(Address.tcp("10.66.66.67", 1), alice, beaconOf("test", 8511));

            assertThat(alice.counter("lan.heard")).isEqualTo(17);
            assertThat(alice.counter("lan.no-room")).isEqualTo(4);
        }

        @Test
        void of_made_up_hosts_that_refuse_keeps_no_honest_one_out() {
            for (int i = 0; i < 64; i++) {
                wires.beacon(Address.tcp("10.66.66." + i, 1), alice, beaconOf("test", 8511));
            }
            assertThat(alice.counter("lan.no-room")).isZero();
            wires.advance(Duration.ofSeconds(5));
            // The made-up ones go on, so that nothing is forgotten because it is old.
            Address honest = Address.tcp("10.0.0.99", 8511);
            for (int second = 0; second < 90; second++) {
                for (int i = 0; i < 64; i++) {
                    wires.beacon(Address.tcp("10.66.66." + i, 1), alice, beaconOf("test", 8511));
                }
                wires.beacon(honest, alice, beaconOf("test", 8511));
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(alice.dialled()).contains(honest);
        }

        @Test
        void that_is_no_beacon_is_counted() {
            alice.protocol().onBeaconRejected(Beacon.Rejection.MALFORMED);
            alice.protocol().onBeaconRejected(Beacon.Rejection.OFF_LINK);

            assertThat(alice.counter("lan.malformed")).isOne();
            assertThat(alice.counter("lan.off-link")).isOne();
        }
    }

    @Test
    void in_manual_topology_nobody_is_dialled() {
        Node alice = wires.node("alice");
        wires.node("bob");
        wires.advance(MINUTE);

        assertThat(alice.dialled()).isEmpty();
    }
}
