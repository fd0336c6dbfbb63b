package io.chaski.testkit.simulation;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What is measured of the overlay in each row, on overlays of which one can count it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CensusTest {

    private static final SimulatedNodeOptions MANUAL =
            SimulatedNodeOptions.builder().manualTopology().build();

    private final Census census = new Census();

    @Test
    void a_chain_of_seven_and_one_alone_is_counted_as_it_is() {
        SimulatedNetwork network = network();
        SimulatedNode before = subscriber(network, 0);
        for (int i = 1; i < 7; i++) {
            SimulatedNode next = subscriber(network, i);
            network.connect(before, next);
            before = next;
        }
        subscriber(network, 7);
        network.node("no subscriber", MANUAL);
        network.advance(ofSeconds(2));

        assertThat(measured())
                .containsEntry("parts", 2.0)
                .containsEntry("share in the largest", 7 / 8.0)
                .containsEntry("alone", 1.0)
                .containsEntry("degree 0", 1 / 8.0)
                .containsEntry("degree 1 to 4", 7 / 8.0)
                .containsEntry("in-degree 0", 1 / 8.0)
                .containsEntry("in-degree 1 to 4", 7 / 8.0)
                .containsEntry("degree 7 or more", 0.0)
                .containsEntry("clustering", 0.0)
                .containsEntry("mean path", 112 / 42.0)
                .containsEntry("asymmetric ends when over", 0.0)
                .doesNotContainKeys(
                        "control frames a node and second", "cross share of a quarter s", "reliability", "RMR");
    }

    @Test
    void a_mesh_has_views_tables_and_something_to_say() {
        Mesh mesh = SimulatedNetwork.watched(census::onMade, () -> Mesh.settled(20, 1));
        Mesh.Reception first = mesh.broadcast(mesh.anyUp());
        Mesh.Reception second = mesh.broadcast(mesh.anyUp());

        Map<String, Double> measured = measured();
        assertThat(measured.get("degree 5") + measured.get("degree 6")).isEqualTo(1);
        assertThat(measured).containsEntry("parts", 1.0).containsEntry("most links", 6.0);
        // Both messages reach all the nineteen others.
        assertThat(measured)
                .containsEntry("reliability", 1.0)
                .containsEntry("LDH", (double) Math.max(first.lastHop(), second.lastHop()))
                .containsEntry("last s", Math.max(first.lastSeconds(), second.lastSeconds()));
        assertThat(measured.get("RMR")).isCloseTo((first.redundancy() + second.redundancy()) / 2, within(1e-9));
        assertThat(measured.get("passive members, mean")).isBetween(1.0, 20.0);
        assertThat(measured.get("most passive members")).isGreaterThanOrEqualTo(measured.get("passive members, mean"));
        assertThat(measured.get("most messages cached")).isEqualTo(2);
        // Each message has two seconds to itself.
        assertThat(measured.get("control frames a node and second"))
                .isPositive()
                .isEqualTo(measured.get("control frames a node and message") / 2);
        assertThat(measured.get("control bytes a node and second"))
                .isGreaterThan(measured.get("control frames a node and second"));
        assertThat(measured.get("longest asymmetry s")).isLessThan(10);
    }

    /** Of two messages the one across the cut never comes, and is told of by nobody within so short a time. */
    @Test
    void what_has_not_come_is_missed_by_reliability() {
        SimulatedNetwork network = network();
        SimulatedNode alice = subscriber(network, 0);
        SimulatedNode bob = subscriber(network, 1);
        network.connect(alice, bob);
        network.advance(Accounts.JOINING);
        alice.publish(Mesh.TOPIC, "one");
        network.advance(ofSeconds(5));
        network.partition(alice, bob);
        alice.publish(Mesh.TOPIC, "two");
        network.advance(ofSeconds(1));

        assertThat(measured()).containsEntry("reliability", 0.5).containsEntry("RMR", 0.0);
    }

    @Test
    void it_is_known_how_long_halves_took_to_mix() {
        Mesh mesh = SimulatedNetwork.watched(census::onMade, () -> Mesh.settled(20, 1));
        List<SimulatedNode> left = mesh.members.subList(0, 10);
        mesh.network.partition(left, mesh.members.subList(10, 20));
        mesh.network.advance(ofSeconds(30));
        mesh.network.heal();
        assertThat(measured()).containsEntry("cross share of a quarter s", Double.POSITIVE_INFINITY);

        mesh.network.advance(ofSeconds(60));

        assertThat(measured().get("cross share of a quarter s")).isBetween(0.25, 60.0);
        assertThat(mesh.graph().crossShare(left)).isGreaterThan(0.25);
    }

    /** A row that builds its mesh twice is about the second. */
    @Test
    void the_network_that_was_made_last_counts() {
        SimulatedNetwork first = network();
        subscriber(first, 0);
        SimulatedNetwork second = network();
        subscriber(second, 0);
        subscriber(second, 1);

        assertThat(measured()).containsEntry("alone", 2.0);
    }

    /** As when a row is measured and traced at once. */
    @Test
    void others_may_watch_from_further_outside_and_from_further_inside() {
        List<SimulatedNetwork> outside = new ArrayList<>();
        List<SimulatedNetwork> inside = new ArrayList<>();
        SimulatedNetwork.watched(
                outside::add, () -> SimulatedNetwork.watched(inside::add, () -> subscriber(network(), 0)));
        SimulatedNetwork last = SimulatedNetwork.watched(outside::add, () -> SimulatedNetwork.seeded(2));
        SimulatedNetwork.seeded(3);

        assertThat(outside).hasSize(2).startsWith(inside.get(0)).endsWith(last);
        assertThat(inside).hasSize(1);
        assertThat(measured()).containsEntry("alone", 1.0);
    }

    @Test
    void without_a_network_there_is_nothing_to_say() {
        assertThat(measured()).isEmpty();
    }

    private SimulatedNetwork network() {
        return SimulatedNetwork.watched(census::onMade, () -> SimulatedNetwork.seeded(1));
    }

    private static SimulatedNode subscriber(SimulatedNetwork network, int number) {
        SimulatedNode node = network.node("node-" + number, MANUAL);
        node.subscribe(Mesh.TOPIC);
        return node;
    }

    private Map<String, Double> measured() {
        return census.measure().stream().collect(Collectors.toMap(Gate::name, Gate::value));
    }
}
