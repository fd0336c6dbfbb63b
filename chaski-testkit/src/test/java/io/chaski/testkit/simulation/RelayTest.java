package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Diagnosis;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribers that cannot reach each other, and nodes that carry their topic. The invariants are checked all the time. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RelayTest {

    private static final String TOPIC = "valley/news";

    private SimulatedNetwork network = SimulatedNetwork.seeded(1);

    private SimulatedNode relay(String name, SimulatedNode... bootstrap) {
        return network.node(
                name,
                SimulatedNodeOptions.builder()
                        .root()
                        .relay()
                        .bootstrap(bootstrap)
                        .build());
    }

    private SimulatedNode subscriber(String name, SimulatedNode... bootstrap) {
        SimulatedNode node = network.node(
                name, SimulatedNodeOptions.builder().bootstrap(bootstrap).build());
        node.subscribe(TOPIC);
        return node;
    }

    private static Optional<TopicSnapshot> topic(SimulatedNode node) {
        return node.snapshot().topics().stream()
                .filter(topic -> topic.name().equals(TOPIC))
                .findFirst();
    }

    private static boolean isCarried(SimulatedNode node) {
        return topic(node).flatMap(TopicSnapshot::relay).isPresent();
    }

    private static int clients(SimulatedNode node) {
        return topic(node).map(TopicSnapshot::clients).orElse(0);
    }

    private static long counter(SimulatedNode node, String name) {
        return node.snapshot().counters().getOrDefault(name, 0L);
    }

    private void awaitCarried(SimulatedNode... nodes) {
        assertThat(network.runUntil(() -> List.of(nodes).stream().allMatch(RelayTest::isCarried), ofMinutes(2)))
                .as("all are carried by %s", network.now())
                .isTrue();
    }

    private static List<String> texts(SimulatedNode node) {
        return node.deliveries().stream()
                .map(delivery -> new String(delivery.payload().toByteArray(), StandardCharsets.UTF_8))
                .toList();
    }

    private static List<String> numbered(String what, int count) {
        return IntStream.range(0, count).mapToObj(i -> what + i).toList();
    }

    @Nested
    class Two_subscribers_that_reach_a_root_but_not_each_other {

        private SimulatedNode root;
        private SimulatedNode alice;
        private SimulatedNode bob;

        @BeforeEach
        void meet() {
            meet(1);
        }

        private void meet(long seed) {
            network = SimulatedNetwork.seeded(seed);
            root = relay("root");
            alice = subscriber("alice", root);
            bob = subscriber("bob", root);
            network.partition(alice, bob);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void hear_each_other_in_order_once_and_without_a_gap(long seed) {
            meet(seed);
            awaitCarried(alice, bob);
            for (int i = 0; i < 50; i++) {
                alice.publish(TOPIC, "from alice " + i);
                bob.publish(TOPIC, "from bob " + i);
                network.advance(ofMillis(20));
            }
            network.advance(ofSeconds(3));
            assertThat(texts(bob)).isEqualTo(numbered("from alice ", 50));
            assertThat(texts(alice)).isEqualTo(numbered("from bob ", 50));
            assertThat(alice.gaps()).isEmpty();
            assertThat(bob.gaps()).isEmpty();
        }

        @Test
        void are_carried_for_as_long_as_they_need_it() {
            awaitCarried(alice, bob);
            network.advance(ofMinutes(10));
            alice.publish(TOPIC, "still there");
            network.advance(ofSeconds(1));
            assertThat(texts(bob)).containsExactly("still there");
            assertThat(counter(alice, "relay.asked")).isOne();
        }

        @Test
        void get_also_what_was_published_just_before_they_were_carried() {
            assertThat(network.runUntil(() -> counter(alice, "relay.asked") > 0, ofMinutes(2)))
                    .isTrue();
            alice.publish(TOPIC, "early");
            awaitCarried(alice, bob);
            network.advance(ofSeconds(10));
            assertThat(texts(bob)).containsExactly("early");
        }

        @Test
        void are_no_neighbours_of_the_root_which_is_no_member_and_hears_nothing() {
            awaitCarried(alice, bob);
            alice.publish(TOPIC, "hello");
            network.advance(ofSeconds(2));
            assertThat(alice.neighbours(TOPIC)).isEmpty();
            assertThat(alice.events()).doesNotContain(new NodeEvent.Paired(TOPIC));
            assertThat(root.events()).doesNotContain(new NodeEvent.Paired(TOPIC));
            assertThat(root.deliveries()).isEmpty();
            assertThat(topic(root)).hasValueSatisfying(topic -> {
                assertThat(topic.subscribed()).isFalse();
                assertThat(topic.clients()).isEqualTo(2);
            });
            assertThat(alice.protocol().peers().get(root.id()))
                    .as("the root as alice knows it")
                    .isNotNull()
                    .satisfies(peer ->
                            assertThat(peer.descriptor().topics().hashes()).isEmpty());
        }

        @Test
        void are_told_by_the_diagnosis_who_carries_the_topic() {
            awaitCarried(alice, bob);
            assertThat(topic(alice).flatMap(TopicSnapshot::relay)).contains(root.id());
            Diagnosis[] diagnosis = new Diagnosis[1];
            alice.command(protocol ->
                    diagnosis[0] = protocol.diagnose(TOPIC, network.now().toNanos()));
            assertThat(relayRung(diagnosis[0])).containsExactly(Diagnosis.Kind.RELAYED);
        }

        private List<Diagnosis.Kind> relayRung(Diagnosis diagnosis) {
            return diagnosis.rung(Diagnosis.Step.RELAY).findings().stream()
                    .map(Diagnosis.Finding::kind)
                    .toList();
        }

        @Test
        void are_told_of_a_topic_that_exceeds_what_the_root_carries_for_one_subscriber() {
            List<String> more = numbered("more/", 32);
            more.forEach(alice::subscribe);
            more.forEach(bob::subscribe);
            network.advance(ofMinutes(1));
            List<String> left = alice.snapshot().topics().stream()
                    .filter(topic -> topic.relay().isEmpty())
                    .map(TopicSnapshot::name)
                    .toList();
            assertThat(left).hasSize(1);
            Diagnosis[] diagnosis = new Diagnosis[1];
            alice.command(protocol ->
                    diagnosis[0] = protocol.diagnose(left.get(0), network.now().toNanos()));
            assertThat(relayRung(diagnosis[0])).containsExactly(Diagnosis.Kind.RELAY_FULL);
            assertThat(counter(root, "relay.refused-client-topics")).isZero();
        }

        @Test
        void let_the_root_go_when_they_subscribe_no_more_and_it_drops_the_topic_with_the_last() {
            awaitCarried(alice, bob);
            alice.unsubscribe(TOPIC);
            network.advance(ofSeconds(3));
            assertThat(clients(root)).isOne();
            bob.unsubscribe(TOPIC);
            network.advance(ofSeconds(3));
            assertThat(topic(root)).isEmpty();
        }

        @Test
        void let_the_root_go_when_they_reach_each_other_again() {
            awaitCarried(alice, bob);
            network.heal();
            assertThat(network.runUntil(() -> topic(root).isEmpty(), ofSeconds(1), ofMinutes(4)))
                    .as("the root has dropped the topic")
                    .isTrue();
            alice.publish(TOPIC, "directly");
            network.advance(ofSeconds(1));
            assertThat(texts(bob)).containsExactly("directly");
            assertThat(alice.neighbours(TOPIC)).containsExactly(bob);
            network.advance(ofMinutes(5));
            assertThat(counter(alice, "relay.asked")).isOne();
        }

        @ParameterizedTest
        @ValueSource(longs = {12, 13, 14})
        void lose_nothing_when_the_root_subscribes_and_cancels_meanwhile(long seed) {
            meet(seed);
            awaitCarried(alice, bob);
            for (int i = 0; i < 300; i++) {
                if (i == 100) {
                    root.subscribe(TOPIC);
                }
                if (i == 200) {
                    root.unsubscribe(TOPIC);
                }
                alice.publish(TOPIC, "from alice " + i);
                bob.publish(TOPIC, "from bob " + i);
                network.advance(ofMillis(50));
            }
            network.advance(ofSeconds(5));
            assertThat(texts(bob)).isEqualTo(numbered("from alice ", 300));
            assertThat(texts(alice)).isEqualTo(numbered("from bob ", 300));
            assertThat(alice.gaps()).isEmpty();
            assertThat(bob.gaps()).isEmpty();
            assertThat(texts(root)).contains("from alice 150").doesNotContain("from alice 90", "from alice 250");
            assertThat(clients(root)).isEqualTo(2);
            assertThat(counter(alice, "relay.asked")).as("leases of alice").isOne();
        }

        @Test
        void hear_what_the_root_publishes_once_and_go_on_with_each_other() {
            awaitCarried(alice, bob);
            root.publish(TOPIC, "from the root");
            network.advance(ofMinutes(2));
            alice.publish(TOPIC, "from alice");
            network.advance(ofSeconds(2));
            assertThat(texts(alice)).containsExactly("from the root");
            assertThat(texts(bob)).containsExactly("from the root", "from alice");
        }

        @Test
        void are_not_carried_by_a_root_that_does_not_offer_it() {
            network = SimulatedNetwork.seeded(2);
            SimulatedNode plain =
                    network.node("plain", SimulatedNodeOptions.builder().root().build());
            SimulatedNode carol = subscriber("carol", plain);
            SimulatedNode dave = subscriber("dave", plain);
            network.partition(carol, dave);
            network.advance(ofMinutes(3));
            assertThat(counter(carol, "relay.asked")).isZero();
            assertThat(topic(plain)).isEmpty();
        }

        @Test
        void survive_lost_frames() {
            for (SimulatedNode node : List.of(alice, bob)) {
                network.link(node, root).drop(0.05);
                network.link(root, node).drop(0.05);
            }
            awaitCarried(alice, bob);
            for (int i = 0; i < 50; i++) {
                alice.publish(TOPIC, "from alice " + i);
                network.advance(ofMillis(200));
            }
            network.advance(ofSeconds(30));
            assertThat(texts(bob)).isEqualTo(numbered("from alice ", 50));
        }
    }

    @Nested
    class A_subscriber_without_an_edge_to_the_only_relay {

        @ParameterizedTest
        @ValueSource(longs = {1, 2})
        void dials_it_because_others_have_named_it(long seed) {
            network = SimulatedNetwork.seeded(seed);
            SimulatedNode root = network.node(
                    "plain root", SimulatedNodeOptions.builder().root().build());
            SimulatedNode relay = network.node(
                    "relay",
                    SimulatedNodeOptions.builder().relay().bootstrap(root).build());
            for (int i = 0; i < 40; i++) {
                network.node(
                        "bystander-" + i,
                        SimulatedNodeOptions.builder().bootstrap(root).build());
            }
            SimulatedNode alice = subscriber("alice", root);
            SimulatedNode bob = subscriber("bob", root);
            network.partition(alice, bob);
            network.partition(alice, relay); // so that there is no edge from the start
            assertThat(network.runUntil(() -> counter(alice, "relay.unreachable") > 0, ofMinutes(3)))
                    .as("alice has dialled the relay in vain")
                    .isTrue();
            assertThat(network.hasEdge(alice, relay)).isFalse();
            network.heal();
            network.partition(alice, bob);
            awaitCarried(alice);
            assertThat(topic(alice).flatMap(TopicSnapshot::relay)).contains(relay.id());
        }
    }

    @Nested
    class Subscribers_that_reach_each_other {

        @Test
        void ask_no_relay_however_few_they_are() {
            SimulatedNode root = relay("root");
            SimulatedNode alice = subscriber("alice", root);
            SimulatedNode bob = subscriber("bob", root);
            network.advance(ofMinutes(5));
            assertThat(alice.neighbours(TOPIC)).containsExactly(bob);
            assertThat(counter(alice, "relay.asked") + counter(bob, "relay.asked"))
                    .isZero();
        }
    }

    @Nested
    class Members_of_a_mesh_and_one_that_reaches_only_the_root {

        @Test
        void hear_each_other_through_it() {
            SimulatedNode root = relay("root");
            List<SimulatedNode> mesh = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                mesh.add(subscriber("member-" + i, root));
            }
            network.advance(ofSeconds(20));
            SimulatedNode outcast = network.node(
                    "outcast", SimulatedNodeOptions.builder().bootstrap(root).build());
            network.partition(List.of(outcast), mesh);
            outcast.subscribe(TOPIC);
            awaitCarried(outcast);
            network.advance(ofSeconds(5));
            outcast.publish(TOPIC, "from outside");
            mesh.get(3).publish(TOPIC, "from inside");
            network.advance(ofSeconds(5));
            assertThat(texts(outcast)).containsExactly("from inside");
            for (SimulatedNode member : mesh) {
                assertThat(texts(member)).as("of %s", member).contains("from outside");
                assertThat(isCarried(member)).as("%s is carried", member).isFalse();
            }
        }
    }

    @Nested
    class With_two_relays {

        private final SimulatedNode first = relay("first");
        private final SimulatedNode second = relay("second", first);

        @Test
        void the_other_one_takes_over_when_one_dies() {
            SimulatedNode alice = subscriber("alice", first, second);
            SimulatedNode bob = subscriber("bob", first, second);
            network.partition(alice, bob);
            awaitCarried(alice, bob);
            boolean isFirst = topic(alice).flatMap(TopicSnapshot::relay).equals(Optional.of(first.id()));
            SimulatedNode dead = isFirst ? first : second;
            SimulatedNode alive = isFirst ? second : first;
            dead.crashSilently();
            assertThat(network.runUntil(
                            () -> topic(alice).flatMap(TopicSnapshot::relay).equals(Optional.of(alive.id())),
                            ofMinutes(1)))
                    .isTrue();
            network.advance(ofSeconds(15));
            alice.publish(TOPIC, "after");
            bob.publish(TOPIC, "after too");
            network.advance(ofSeconds(5));
            assertThat(texts(bob)).containsExactly("after");
            assertThat(texts(alice)).containsExactly("after too");
        }

        @Test
        void those_that_one_has_no_room_for_are_told_so_and_ask_the_other() {
            List<SimulatedNode> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                SimulatedNode node = network.node(
                        "node-" + i,
                        SimulatedNodeOptions.builder().bootstrap(first, second).build());
                for (SimulatedNode other : all) {
                    network.partition(node, other);
                }
                all.add(node);
            }
            all.forEach(node -> node.subscribe(TOPIC));
            assertThat(network.runUntil(() -> all.stream().allMatch(RelayTest::isCarried), ofSeconds(1), ofMinutes(5)))
                    .as("all are carried")
                    .isTrue();
            network.advance(ofSeconds(10));
            assertThat(clients(first)).isLessThanOrEqualTo(32);
            assertThat(clients(second)).isLessThanOrEqualTo(32);
            all.get(0).publish(TOPIC, "to all");
            network.advance(ofSeconds(10));
            for (SimulatedNode node : all.subList(1, all.size())) {
                assertThat(texts(node)).as("of %s", node).containsExactly("to all");
            }
        }
    }
}
