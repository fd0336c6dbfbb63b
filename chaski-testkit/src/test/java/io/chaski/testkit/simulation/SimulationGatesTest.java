package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gates of the overlay's design. All of it runs in the profile {@code deep} as long as some gates are not reached;
 * {@code docs/simulation.md} says which.
 */
@Tag("deep")
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SimulationGatesTest {

    /** Any five would do; failing ones are added to {@link KnownSeedsTest}. */
    static final long[] SEEDS = {1, 2, 3, 4, 5};

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PARTITION_600")
    void ten_nodes_pass_on_every_seed(Scenario scenario) {
        passes(scenario, 10, SEEDS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PARTITION_600")
    void a_hundred_nodes_pass_on_every_seed(Scenario scenario) {
        passes(scenario, 100, SEEDS);
    }

    @ParameterizedTest
    @CsvSource({"STABLE, 1", "JOIN_STORM, 2", "CRASH_50, 3", "PARTITION_60, 4", "ROOT_RESTART, 5"})
    void a_thousand_nodes_pass_on_one_seed(Scenario scenario, long seed) {
        passes(scenario, 1_000, seed);
    }

    /** All rows, sizes and seeds; prints the table of docs/simulation.md. */
    @org.junit.jupiter.api.Test
    void every_row_of_the_table_passes_on_every_seed() {
        SimulationTable table = SimulationTable.measure(Scenario.values(), new int[] {10, 100, 1_000}, SEEDS);
        System.out.println(table.markdown());
        assertThat(table.broken()).isEmpty();
    }

    private static void passes(Scenario scenario, int nodes, long... seeds) {
        for (long seed : seeds) {
            Outcome outcome = scenario.run(nodes, seed);
            assertThat(outcome.broken()).as(outcome.toString()).isEmpty();
        }
    }
}
