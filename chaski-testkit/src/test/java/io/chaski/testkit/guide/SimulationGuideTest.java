package io.chaski.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.testkit.simulation.Delivery;
import io.chaski.testkit.simulation.SimulatedNetwork;
import io.chaski.testkit.simulation.SimulatedNode;
import io.chaski.testkit.simulation.SimulatedNodeOptions;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The code of {@code docs/simulation.md}. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SimulationGuideTest {

    @Test
    void a_simulated_message_arrives() {
        // #region simulation
        SimulatedNetwork network = SimulatedNetwork.seeded(42);
        SimulatedNode alice = network.node("alice");
        SimulatedNode bob = network.node(
                "bob", SimulatedNodeOptions.builder().bootstrap(alice).build());
        alice.subscribe("news");
        bob.subscribe("news");
        network.advance(Duration.ofSeconds(2));
        network.link(alice, bob).drop(0.1); // one direction
        alice.publish("news", "hello");
        network.advance(Duration.ofSeconds(10));
        assertThat(bob.deliveries()).extracting(Delivery::text).containsExactly("hello");
        // #endregion
    }
}
