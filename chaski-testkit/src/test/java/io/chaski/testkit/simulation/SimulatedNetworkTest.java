package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeEvent.EdgeUp;
import io.chaski.core.internal.protocol.PublishOutcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SimulatedNetworkTest {

    private static final String NEWS = "news";

    private final SimulatedNetwork network = SimulatedNetwork.seeded(42);

    @Nested
    class Two_nodes_with_an_edge_in_manual_topology {
        private final SimulatedNodeOptions manual =
                SimulatedNodeOptions.builder().manualTopology().build();
        private final SimulatedNode alice = network.node("alice", manual);
        private final SimulatedNode bob = network.node("bob", manual);

        @BeforeEach
        void connect() {
            network.connect(alice, bob);
        }

        @Test
        void tell_of_the_edge_once() {
            network.advance(ofSeconds(30));
            assertThat(edgeEvents(alice)).containsExactly(new EdgeUp(bob.id(), "bob"));
            assertThat(edgeEvents(bob)).containsExactly(new EdgeUp(alice.id(), "alice"));
        }

        @Test
        void exchange_messages_on_a_topic_both_subscribe_to() {
            alice.subscribe(NEWS);
            bob.subscribe(NEWS);
            network.advance(ofSeconds(1));
            alice.publish(NEWS, "hello");
            bob.publish(NEWS, "welcome");
            network.advance(ofSeconds(1));
            assertThat(bob.deliveries())
                    .extracting(Delivery::text, Delivery::hop)
                    .containsExactly(hop1("hello"));
            assertThat(alice.deliveries())
                    .extracting(Delivery::text, Delivery::hop)
                    .containsExactly(hop1("welcome"));
        }

        @Test
        void lose_the_edge_when_the_path_is_cut() {
            network.partition(alice, bob);
            network.advance(ofSeconds(60));
            assertThat(edgeEvents(alice))
                    .containsExactly(new EdgeUp(bob.id(), "bob"), new EdgeDown(bob.id(), CloseReason.SILENT));
            assertThat(edgeEvents(bob))
                    .containsExactly(new EdgeUp(alice.id(), "alice"), new EdgeDown(alice.id(), CloseReason.SILENT));
        }

        @Test
        void have_it_again_after_the_cut() {
            network.partition(alice, bob);
            network.advance(ofSeconds(60));
            network.heal();
            assertThat(network.runUntil(() -> network.hasEdge(bob, alice), ofSeconds(31)))
                    .isTrue();
        }

        @Test
        void notice_a_crash_at_once() {
            bob.crash();
            network.advance(ofMillis(200));
            assertThat(edgeEvents(alice))
                    .containsExactly(new EdgeUp(bob.id(), "bob"), new EdgeDown(bob.id(), CloseReason.RESET));
        }

        @Test
        void notice_a_silent_crash_by_the_lease() {
            bob.crashSilently();
            network.advance(ofSeconds(12));
            assertThat(edgeEvents(alice))
                    .containsExactly(new EdgeUp(bob.id(), "bob"), new EdgeDown(bob.id(), CloseReason.SILENT));
        }

        @Test
        void notice_a_connection_that_died_silently() {
            network.killSilently(alice, bob);
            network.advance(ofSeconds(12));
            assertThat(edgeEvents(bob))
                    .startsWith(new EdgeUp(alice.id(), "alice"), new EdgeDown(alice.id(), CloseReason.SILENT));
        }

        @Test
        void find_each_other_again_after_a_restart() {
            bob.crash();
            network.advance(ofSeconds(5));
            bob.restart();
            assertThat(network.runUntil(() -> network.hasEdge(alice, bob), ofSeconds(31)))
                    .isTrue();
            assertThat(bob.epoch()).isGreaterThan(alice.epoch());
        }

        @Test
        void survive_a_short_pause() {
            bob.pause(ofSeconds(4));
            network.advance(ofSeconds(20));
            assertThat(edgeEvents(alice)).containsExactly(new EdgeUp(bob.id(), "bob"));
            assertThat(edgeEvents(bob)).containsExactly(new EdgeUp(alice.id(), "alice"));
        }

        @Test
        void do_not_blame_the_peer_for_a_jump_of_their_own_clock() {
            network.advance(ofSeconds(10));
            bob.jumpClock(Duration.ofHours(1));
            network.advance(ofSeconds(30));
            assertThat(edgeEvents(bob)).containsExactly(new EdgeUp(alice.id(), "alice"));
            assertThat(bob.events()).contains(new NodeEvent.NetworkChanged());
        }

        @Test
        void say_goodbye_when_one_leaves() {
            bob.leave();
            network.advance(ofSeconds(1));
            assertThat(edgeEvents(alice))
                    .containsExactly(new EdgeUp(bob.id(), "bob"), new EdgeDown(bob.id(), CloseReason.LEAVING));
        }
    }

    @Nested
    class Three_nodes_that_find_each_other {
        private final SimulatedNode contact = network.node("contact");
        private final SimulatedNodeOptions joining =
                SimulatedNodeOptions.builder().bootstrap(contact).build();
        private final SimulatedNode alice = network.node("alice", joining);
        private final SimulatedNode bob = network.node("bob", joining);

        @Test
        void pair_on_a_topic_that_their_contact_does_not_subscribe_to() {
            alice.subscribe(NEWS);
            bob.subscribe(NEWS);
            assertThat(network.runUntil(() -> isPaired(alice, bob), ofSeconds(5)))
                    .isTrue();
            alice.publish(NEWS, "found you");
            network.advance(ofSeconds(1));
            assertThat(bob.deliveries()).extracting(Delivery::text).containsExactly("found you");
            assertThat(contact.deliveries()).isEmpty();
        }

        @Test
        void keep_what_is_published_while_nobody_is_there() {
            alice.subscribe(NEWS);
            network.advance(ofSeconds(3));
            PublishOutcome outcome = alice.publish(NEWS, "anybody?");
            assertThat(outcome.status()).isEqualTo(PublishOutcome.Status.KEPT);
        }

        private boolean isPaired(SimulatedNode one, SimulatedNode other) {
            return one.neighbours(NEWS).contains(other)
                    && other.neighbours(NEWS).contains(one);
        }
    }

    private static List<NodeEvent> edgeEvents(SimulatedNode node) {
        return node.events().stream()
                .filter(event -> event instanceof EdgeUp || event instanceof EdgeDown)
                .toList();
    }

    private static org.assertj.core.groups.Tuple hop1(String text) {
        return org.assertj.core.groups.Tuple.tuple(text, 1);
    }
}
