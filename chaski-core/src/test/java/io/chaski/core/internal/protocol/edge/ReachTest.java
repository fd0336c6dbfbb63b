package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.DialFailed;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReachTest {

    static final Address NOBODY = Address.tcp("10.66.66.66", 8511);

    final Wires wires = new Wires();
    final Node alice = wires.node("alice");

    static Descriptor hint(NodeId id, Address... addresses) {
        return new Descriptor(id, 1, List.of(addresses), true, false, false, TopicSummary.NONE, 0);
    }

    @Nested
    class A_hint {
        @ParameterizedTest
        @ValueSource(strings = {"evil.example:8511", "127.evil.example:8511", "localhost:8511", "10.0.0.1:8511"})
        void row_84_that_is_a_name_or_our_own_is_not_dialled(String address) {
            Wires.Reached reached = alice.reach(hint(new NodeId(5, 5), Address.parse(address)));
            wires.settle();

            assertThat(alice.dialled()).isEmpty();
            assertThat(reached.outcomes()).containsExactly("unreachable");
        }

        @Test
        void after_eight_dead_ones_waits_for_the_next_second() {
            List<Wires.Reached> reached = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                reached.add(alice.reach(hint(new NodeId(5, i), Address.tcp("10.66.66." + i, 8511))));
            }
            assertThat(alice.tables()).containsEntry("attempts to reach somebody", new ToldTable(8, 512));
            wires.settle();
            assertThat(alice.dialled()).hasSize(8);
            assertThat(reached.get(8).outcomes()).containsExactly("deferred");

            wires.advance(Duration.ofSeconds(1));
            alice.reach(hint(new NodeId(6, 0), NOBODY));
            alice.reach(hint(new NodeId(6, 1), NOBODY));
            assertThat(alice.dialled()).hasSize(9);
        }

        @Test
        void that_leads_to_its_node_costs_nothing() {
            for (int i = 0; i < 20; i++) {
                Node other = wires.node("other" + i);
                alice.reach(hint(other.id(), other.address()));
                wires.settle();
            }

            assertThat(alice.peers()).hasSize(20);
        }
    }

    @Nested
    class A_node_with_several_addresses {
        @Test
        void is_tried_at_one_after_the_other() {
            Node bob = wires.node("bob");
            Wires.Reached reached = alice.reach(hint(bob.id(), NOBODY, bob.address()));
            wires.settle();

            assertThat(alice.dialled()).containsExactly(NOBODY, bob.address());
            assertThat(reached.outcomes()).containsExactly("reached " + bob.id());
            assertThat(alice.events(DialFailed.class)).containsExactly(new DialFailed(NOBODY, DialFailure.REFUSED));
        }

        @Test
        void wanted_twice_is_dialled_once() {
            Node bob = wires.node("bob");
            Wires.Reached first = alice.reach(hint(bob.id(), bob.address()));
            Wires.Reached second = alice.reach(hint(bob.id(), bob.address()));
            wires.settle();

            assertThat(alice.dialled()).containsExactly(bob.address());
            assertThat(first.outcomes()).isEqualTo(second.outcomes()).containsExactly("reached " + bob.id());
        }
    }

    @Nested
    class A_dial_beyond_the_budget {
        @Test
        void is_deferred_and_says_nothing_about_its_address() {
            Wires.Reached refused = alice.connect(NOBODY);
            wires.settle();
            assertThat(refused.outcomes()).containsExactly("unreachable");

            for (int i = 0; i < 512; i++) {
                Address silent = Address.tcp("10.77." + i / 256 + '.' + i % 256, 8511);
                wires.swallow(silent);
                alice.connect(silent);
            }
            Wires.Reached again = alice.connect(NOBODY);
            wires.settle();
            assertThat(again.outcomes()).containsExactly("deferred");
            assertThat(alice.tables())
                    .containsEntry("attempts to reach somebody", new ToldTable(512, 512))
                    .containsEntry("outcomes of dials", new ToldTable(1, 256));

            wires.advance(Duration.ofSeconds(3));
            assertThat(alice.tables())
                    .containsEntry("attempts to reach somebody", new ToldTable(0, 512))
                    .containsEntry("outcomes of dials", new ToldTable(256, 256));
        }
    }

    @Nested
    class A_dial_without_an_answer {
        @Test
        void is_given_up_after_two_seconds() {
            wires.swallow(NOBODY);
            Wires.Reached reached = alice.connect(NOBODY);
            wires.advance(Duration.ofMillis(1_990));
            assertThat(reached.outcomes()).isEmpty();

            wires.advance(Duration.ofMillis(20));
            assertThat(reached.outcomes()).containsExactly("unreachable");
            assertThat(alice.events()).containsExactly(new DialFailed(NOBODY, DialFailure.TIMEOUT));
        }
    }

    @Nested
    class An_address_that_leads_to_the_node_itself {
        @Test
        void is_remembered_with_63_others() {
            for (int i = 0; i < 65; i++) {
                Address other = Address.tcp("10.9.9." + i, 8511);
                wires.alias(other, alice);
                alice.connect(other);
                wires.settle();
            }

            assertThat(alice.dialled()).hasSize(65);
            assertThat(alice.tables()).containsEntry("addresses that lead to the node itself", new ToldTable(64, 64));
        }
    }

    @Nested
    class A_configured_peer {
        final Node bob = wires.node("bob");

        @Test
        void W6_that_crashed_is_dialled_until_it_is_back() {
            alice.connect(bob.address());
            wires.settle();
            bob.crash();
            wires.advance(Duration.ofSeconds(5));
            assertThat(alice.protocol().snapshot(wires.nowNanos()).reconnecting())
                    .containsExactly(bob.address());

            Node back = wires.node(
                    "bob", options -> options.id(bob.id()).epoch(2_000).address(bob.address()));
            wires.advance(Duration.ofSeconds(10));
            assertThat(alice.peers()).containsExactly(back.id());
            assertThat(alice.protocol().snapshot(wires.nowNanos()).reconnecting())
                    .isEmpty();
        }

        @Test
        void is_dialled_at_growing_intervals_of_half_a_minute_at_most() {
            alice.connect(bob.address());
            wires.settle();
            bob.crash();
            wires.advance(Duration.ofMinutes(10));
            int inTenMinutes = alice.dialled().size();
            wires.advance(Duration.ofMinutes(10));

            assertThat(inTenMinutes).isBetween(30, 70);
            assertThat(alice.dialled().size() - inTenMinutes).isBetween(25, 60);
        }

        /** Full jitter: each moment of the interval is as likely as any other, so that a crowd does not come at once. */
        @Test
        void is_dialled_at_any_moment_of_each_interval() {
            alice.connect(bob.address());
            wires.settle();
            bob.crash();
            wires.advance(Duration.ofHours(6));
            List<Long> dials = alice.dialledAtNanos();
            List<Long> waits = IntStream.range(2, dials.size())
                    .mapToObj(i -> (dials.get(i) - dials.get(i - 1)) / 1_000_000)
                    .toList();

            long refusedMillis = 50;
            for (int i = 0; i < 6; i++) {
                assertThat(waits.get(i)).isBetween(0L, (1_000L << i) + refusedMillis);
            }
            List<Long> longest = waits.subList(6, waits.size());
            assertThat(longest).allSatisfy(millis -> assertThat(millis).isBetween(0L, 30_000 + refusedMillis));
            for (int fifth = 0; fifth < 5; fifth++) {
                long from = fifth * 6_000L;
                long inFifth = longest.stream()
                        .filter(millis -> millis >= from && millis < from + 6_000)
                        .count();
                assertThat(inFifth * 100 / longest.size())
                        .as("percent in the fifth from %s ms, of %s waits", from, longest.size())
                        .isBetween(16L, 24L);
            }
        }

        @Test
        void is_given_up_after_as_many_attempts_as_allowed() {
            Node limited = wires.node(
                    "limited",
                    options ->
                            options.edge(EdgeSettings.builder().reconnections(3).build()));
            limited.connect(bob.address());
            wires.settle();
            bob.crash();
            wires.advance(Duration.ofMinutes(5));

            assertThat(limited.dialled()).hasSize(1 + 3);
            assertThat(limited.events()).last().isEqualTo(new NodeEvent.LimitReached("reconnections", 3));
        }

        @Test
        void at_an_address_that_leads_to_the_node_itself_is_dropped_and_no_limit_is_blamed() {
            Address other = Address.tcp("10.9.9.9", 8511);
            Node carol = wires.node("carol", options -> options.bootstrap(other));
            wires.alias(other, carol);
            wires.advance(Duration.ofMinutes(5));

            assertThat(carol.dialled()).containsExactly(other);
            assertThat(carol.events(NodeEvent.LimitReached.class)).isEmpty();
            assertThat(carol.counter("configured.own-address")).isEqualTo(1);
            assertThat(carol.tables()).containsEntry("addresses that lead to the node itself", new ToldTable(1, 64));
            assertThat(carol.protocol().snapshot(wires.nowNanos()).reconnecting())
                    .isEmpty();
        }

        @Test
        void may_be_one_of_as_many_as_there_can_be_edges() {
            Address[] silent = IntStream.range(0, 1_100)
                    .mapToObj(i -> Address.tcp("10.77." + i / 256 + '.' + i % 256, 8511))
                    .toArray(Address[]::new);
            Node hub = wires.node(
                    "hub",
                    options -> options.bootstrap(silent)
                            .edge(EdgeSettings.builder().maxEdges(1_100).build()));

            wires.advance(Duration.ofMinutes(1));

            assertThat(hub.dialled()).contains(silent);
        }

        @Test
        void that_was_closed_on_purpose_stays_closed_on_both_sides() {
            alice.connect(bob.address());
            wires.settle();
            bob.protocol().disconnect(alice.id(), wires.nowNanos());
            wires.advance(Duration.ofMinutes(1));

            assertThat(alice.peers()).isEmpty();
            assertThat(bob.peers()).isEmpty();
            assertThat(alice.events(EdgeDown.class)).containsExactly(new EdgeDown(bob.id(), CloseReason.REQUESTED));
        }

        @Test
        void at_a_bootstrap_address_is_dialled_again_even_then() {
            Node carol = wires.node("carol", options -> options.bootstrap(bob.address()));
            wires.settle();
            carol.protocol().disconnect(bob.id(), wires.nowNanos());
            wires.advance(Duration.ofSeconds(5));

            assertThat(carol.peers()).containsExactly(bob.id());
        }

        @Test
        void that_is_not_there_at_first_is_told_once_and_forgotten() {
            Wires.Reached reached = alice.connect(NOBODY);
            wires.advance(Duration.ofMinutes(5));

            assertThat(reached.outcomes()).containsExactly("unreachable");
            assertThat(alice.dialled()).hasSize(1);
        }
    }

    @Nested
    class A_bootstrap_node_in_automatic_topology {
        @Test
        void is_dialled_until_it_is_there_and_again_when_it_is_lost() {
            Address root = Address.tcp("10.88.0.1", 8511);
            Node carol = wires.node("carol", options -> options.bootstrap(root).automatic());
            carol.protocol().subscribe("t", wires.nowNanos());
            wires.advance(Duration.ofMinutes(5));
            assertThat(carol.peers()).isEmpty();

            Node first = root("first", root);
            wires.advance(Duration.ofMinutes(1));
            assertThat(carol.peers()).containsExactly(first.id());

            first.crash();
            wires.advance(Duration.ofMinutes(5));
            assertThat(carol.peers()).isEmpty();

            Node second = root("second", root);
            wires.advance(Duration.ofMinutes(1));
            assertThat(carol.peers()).containsExactly(second.id());
        }

        private Node root(String name, Address address) {
            Node root = wires.node(name, options -> options.address(address).automatic());
            root.protocol().subscribe("t", wires.nowNanos());
            return root;
        }
    }

    @Nested
    class An_edge_that_nobody_holds {
        @Test
        void is_closed_after_a_minute_by_the_side_that_dialled() {
            Node bob = wires.node("bob");
            alice.reach(hint(bob.id(), bob.address()));
            wires.advance(Duration.ofSeconds(59));
            assertThat(alice.peers()).containsExactly(bob.id());

            wires.advance(Duration.ofSeconds(2));
            assertThat(alice.events(EdgeDown.class)).containsExactly(new EdgeDown(bob.id(), CloseReason.IDLE));
            assertThat(bob.events(EdgeDown.class)).containsExactly(new EdgeDown(alice.id(), CloseReason.IDLE));
        }

        @Test
        void is_closed_before_that_when_the_side_that_dialled_needs_the_room() {
            Node bob = wires.node("bob");
            alice.reach(hint(bob.id(), bob.address()));
            wires.advance(Duration.ofSeconds(1));
            Peer edge = alice.peer(bob.id());
            edge.endAsIdle();
            edge.endAsIdle(); // it is down already
            wires.advance(Duration.ofSeconds(1));

            assertThat(alice.events(EdgeDown.class)).containsExactly(new EdgeDown(bob.id(), CloseReason.IDLE));
            assertThat(bob.events(EdgeDown.class)).containsExactly(new EdgeDown(alice.id(), CloseReason.IDLE));
        }
    }

    @Nested
    class Strangers {
        @Test
        void rows_1_to_3_of_one_host_have_eight_handshakes_at_a_time() {
            for (int i = 0; i < 9; i++) {
                wires.stranger(alice, Address.tcp("10.5.5.5", 40_000 + i));
            }
            assertThat(alice.counter("accept.refused")).isEqualTo(1);
            assertHandshakes(8, 1);

            wires.advance(Duration.ofSeconds(3));
            wires.stranger(alice, Address.tcp("10.5.5.5", 50_000));
            assertThat(alice.counter("accept.refused")).isEqualTo(1);
            assertHandshakes(1, 1);
        }

        @Test
        void of_one_IPv6_network_count_as_one_host() {
            for (int i = 0; i < 9; i++) {
                wires.stranger(alice, Address.tcp("2001:db8::" + (i + 1), 40_000));
            }

            assertThat(alice.counter("accept.refused")).isEqualTo(1);
        }

        @Test
        void of_this_machine_have_no_limit_of_their_own() {
            for (int i = 0; i < 100; i++) {
                wires.stranger(alice, Address.tcp("127.0.0.1", 40_000 + i));
            }

            assertThat(alice.counter("accept.refused")).isZero();
        }

        @Test
        void of_all_hosts_have_256_handshakes_at_a_time() {
            for (int i = 0; i < 257; i++) {
                wires.stranger(alice, Address.tcp("10.5.5." + i % 256, 40_000));
            }

            assertThat(alice.counter("accept.refused")).isEqualTo(1);
            assertHandshakes(256, 256);
        }

        @Test
        void of_this_machine_have_256_handshakes_at_a_time_too() {
            for (int i = 0; i < 257; i++) {
                wires.stranger(alice, Address.tcp("127.0.0.1", 40_000 + i));
            }

            assertThat(alice.counter("accept.refused")).isEqualTo(1);
            assertHandshakes(256, 0);
        }

        private void assertHandshakes(int count, int hosts) {
            assertThat(alice.tables())
                    .containsEntry("handshakes", new ToldTable(count, 256))
                    .containsEntry("hosts with handshakes", new ToldTable(hosts, 256));
        }

        @Test
        void row_6_come_in_at_a_thousand_a_second() {
            assertThat(letInAtOnce(alice)).isEqualTo(1_000);
        }

        @Test
        void are_let_in_by_a_node_with_room_for_more_edges_in_proportion() {
            Node hub = withRoomFor(4_096);

            assertThat(letInAtOnce(hub)).isEqualTo(4_000);
        }

        @Test
        void have_more_handshakes_at_a_time_with_a_node_with_room_for_more_edges_in_proportion() {
            Node hub = withRoomFor(2_048);
            for (int i = 0; i < 513; i++) {
                wires.stranger(hub, Address.tcp("127.0.0.1", 40_000 + i));
            }

            assertThat(hub.counter("accept.refused")).isEqualTo(1);
        }

        @Test
        void are_let_in_by_a_node_with_room_for_fewer_edges_as_by_others() {
            assertThat(letInAtOnce(withRoomFor(16))).isEqualTo(1_000); // most are told of others, and go
        }

        @Test
        void have_a_number_each_with_a_node_with_room_for_as_many_edges_as_there_can_be() {
            Node hub = withRoomFor(65_536);
            int handshakes = 65_536 / 4;
            Set<Integer> numbers = new HashSet<>();
            for (int i = 0; i < handshakes; i++) {
                numbers.add(hub.protocol().onAccepted(Address.tcp("127.0.0.1", 40_000), wires.nowNanos()));
            }

            assertThat(numbers.size()).isEqualTo(handshakes);
            assertThat(hub.counter("accept.refused")).isZero();
        }

        private Node withRoomFor(int edges) {
            return wires.node(
                    "hub",
                    options ->
                            options.edge(EdgeSettings.builder().maxEdges(edges).build()));
        }

        /** Of ten thousand that come at the same moment and go again. */
        private int letInAtOnce(Node node) {
            int letIn = 0;
            for (int i = 0; i < 10_000; i++) {
                int link = node.protocol().onAccepted(Address.tcp("127.0.0.1", 40_000), wires.nowNanos());
                if (link != NodeProtocol.REFUSED) {
                    letIn++;
                    node.protocol().onLinkDown(link, CloseReason.RESET, wires.nowNanos());
                }
            }
            return letIn;
        }
    }
}
