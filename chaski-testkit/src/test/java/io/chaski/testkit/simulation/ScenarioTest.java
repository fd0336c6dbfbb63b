package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A row of the table is told apart from one that says nothing, whatever comes of it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ScenarioTest {

    @Test
    void is_not_in_the_table_with_too_few_nodes_to_fail() {
        assertThat(Scenario.values())
                .filteredOn(row -> !row.sizes().contains(10))
                .containsExactly(
                        Scenario.CRASH_95,
                        Scenario.RESTARTS,
                        Scenario.EPOCHS_BACKWARDS,
                        Scenario.LOOK_UP_5_ROOT,
                        Scenario.LOOK_UP_20_ROOT,
                        Scenario.LOOK_UP_5,
                        Scenario.LOOK_UP_20);
        assertThat(Scenario.values())
                .allSatisfy(row -> assertThat(row.sizes()).contains(100, 1_000).isSorted());
    }

    /** A storm of nobody but its contact is none: any run would do that breaks off at once. */
    @Nested
    class A_run_that_breaks_off {
        private static final Gate BROKEN = Gate.atLeast("invariants hold", 0, 1);

        @Test
        void is_one_gate_that_is_not_reached() {
            Outcome outcome = Scenario.JOIN_STORM.run(1, 1);

            assertThat(outcome.run()).isEqualTo(new Run(Scenario.JOIN_STORM, 1, 1));
            assertThat(outcome.broken()).containsExactly(BROKEN);
            assertThat(outcome.gates()).hasSize(1);
            assertThat(outcome.census()).isEmpty();
        }

        @Test
        void is_kept_and_the_next_one_is_run(@TempDir Path folder) throws IOException {
            Path file = folder.resolve("results.tsv");

            SimulationProgram.main(new String[] {"JOIN_STORM", "1", "2", "seed=1", "--results", file.toString()});

            List<Outcome> outcomes = List.copyOf(Results.in(file).outcomes());
            assertThat(outcomes)
                    .extracting(Outcome::run)
                    .containsExactly(new Run(Scenario.JOIN_STORM, 1, 1), new Run(Scenario.JOIN_STORM, 2, 1));
            assertThat(outcomes.get(0).broken()).containsExactly(BROKEN);
            assertThat(outcomes.get(1).gates()).hasSizeGreaterThan(1).contains(Gate.atLeast("invariants hold", 1, 1));
        }

        @Test
        void is_thrown_to_who_wants_to_see_why() {
            assertThatThrownBy(() -> Scenario.JOIN_STORM.measure(1, 1)).isInstanceOf(ArithmeticException.class);
        }
    }
}
