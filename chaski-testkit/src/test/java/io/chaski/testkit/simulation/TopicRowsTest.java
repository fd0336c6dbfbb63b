package io.chaski.testkit.simulation;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Who looks for a topic through whom: a look-up that nobody has made does not pass for a quick one. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicRowsTest {

    private final Mesh mesh = new Mesh(1);

    @BeforeEach
    void join() {
        for (int i = 0; i < 6; i++) {
            mesh.join(mesh.members.subList(0, Math.min(i, Mesh.BOOTSTRAPS)), false);
        }
        mesh.network.advance(ofSeconds(10));
    }

    @Test
    void without_a_topic_that_somebody_does_not_subscribe_to_nothing_is_looked_for_and_that_is_not_enough() {
        assertThat(gates(Map.of(Mesh.TOPIC, mesh.members)))
                .containsExactly(Gate.atLeast("look-ups of topics of 5 or more", 0, 1));
    }

    @Test
    void topics_of_both_kinds_are_looked_for() {
        List<SimulatedNode> many = subscribers("many", 5);
        List<SimulatedNode> few = subscribers("few", 2);
        mesh.network.advance(ofSeconds(10));

        List<Gate> gates = gates(Map.of("many", many, "few", few));

        assertThat(gates)
                .extracting(Gate::name)
                .containsExactly(
                        "look-ups of topics of 5 or more",
                        "topic of 5 or more found within s, p99",
                        "topic of fewer found within s, p99");
        assertThat(gates.get(0).value()).isEqualTo(10);
        assertThat(gates.get(1).value()).isPositive();
    }

    /** Nobody of the mesh subscribes to it any more, so they find each other and that is all. */
    @Test
    void newcomers_that_find_nobody_but_each_other_have_not_found_the_topic() {
        List<SimulatedNode> gone = subscribers("gone", 5);
        gone.forEach(node -> node.unsubscribe("gone"));

        List<Gate> gates = gates(Map.of("gone", gone));

        assertThat(gates).contains(Gate.atMost("topic of 5 or more found within s, p99", Double.POSITIVE_INFINITY, 10));
        assertThat(mesh.network.nodes())
                .filteredOn(node -> !node.neighbours("gone").isEmpty())
                .hasSizeGreaterThan(1);
    }

    @Test
    void with_a_root_every_second_newcomer_knows_it_and_the_others_know_somebody_else() {
        SimulatedNode root = mesh.members.get(0);
        SimulatedNode stranger = mesh.members.get(5);

        assertThat(TopicRows.contact(mesh, List.of(stranger), true, 0)).isSameAs(root);
        assertThat(TopicRows.contact(mesh, List.of(stranger), true, 1)).isSameAs(stranger);
        assertThat(TopicRows.contact(mesh, List.of(stranger), false, 0)).isSameAs(stranger);
    }

    private List<SimulatedNode> subscribers(String topic, int count) {
        List<SimulatedNode> subscribers = new ArrayList<>(mesh.members.subList(0, count));
        subscribers.forEach(node -> node.subscribe(topic));
        return subscribers;
    }

    private List<Gate> gates(Map<String, List<SimulatedNode>> members) {
        return new TopicRows.LookUps(mesh, members, new Random(1)).gates(true);
    }
}
