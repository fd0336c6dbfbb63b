package io.chaski.testkit.simulation;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that broke a gate once, each with what was wrong. The limit is as wide as that of {@link SimulationGatesTest}. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KnownSeedsTest {

    /**
     * A neighbour that had told of a message first became the parent before one that was hops nearer to the source: the
     * last of 20 messages arrived at hop 12.75 in the mean, and the gate is 12.34.
     */
    @Test
    @Tag("deep")
    void nearer_parents_go_before_earlier_ones() {
        SimulationGatesTest.passes(Scenario.STABLE, 300, 2);
    }

    /**
     * A node without a bootstrap had forgotten its epoch. All others dialled it and told it that they had seen a later one, but
     * it believed those alone whom it had dialled itself, and knew nobody: it was alone for good.
     */
    @Test
    void a_node_that_dials_nobody_hears_that_it_was_superseded() {
        SimulationGatesTest.passes(Scenario.EPOCHS_BACKWARDS, 10, 16);
    }
}
