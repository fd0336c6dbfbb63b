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

    @Nested
    class A_run_that_breaks_off {
        private static final Run FIRST = new Run(Scenario.JOIN_STORM, 2, 1);
        private static final Run SECOND = new Run(Scenario.JOIN_STORM, 2, 2);
        private static final String REASON = "io.chaski.testkit.simulation.InvariantViolation: two ends disagree";

        @Test
        void is_its_reason_and_one_gate_that_is_not_reached() {
            Outcome outcome = breakOff(FIRST);

            assertThat(outcome.run()).isEqualTo(FIRST);
            assertThat(outcome.gates()).containsExactly(Gate.atLeast("ran to its end", 0, 1));
            assertThat(outcome.census()).isEmpty();
            assertThat(outcome.brokeOffBy()).isEqualTo(REASON);
        }

        @Test
        void is_kept_and_the_next_one_is_run_and_who_asked_for_them_is_told_at_the_end(@TempDir Path folder)
                throws IOException {
            Path file = folder.resolve("results.tsv");

            assertThatThrownBy(() -> SimulationProgram.print(
                            List.of(FIRST, SECOND),
                            Results.in(file),
                            run -> run.equals(FIRST) ? breakOff(run) : run.measure()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("runs that broke off, see above: 1");

            List<Outcome> outcomes = List.copyOf(Results.in(file).outcomes());
            assertThat(outcomes).extracting(Outcome::run).containsExactly(FIRST, SECOND);
            assertThat(outcomes.get(0).brokeOffBy()).isEqualTo(REASON);
            assertThat(outcomes.get(1).gates()).hasSizeGreaterThan(1).contains(Gate.atLeast("ran to its end", 1, 1));
        }

        @Test
        void is_thrown_to_who_wants_to_see_where() {
            assertThatThrownBy(() -> Scenario.measure(FIRST, this::disagree)).isInstanceOf(InvariantViolation.class);
        }

        private Outcome breakOff(Run run) {
            return Scenario.run(run, this::disagree);
        }

        private List<Gate> disagree(int nodes, long seed) {
            throw new InvariantViolation("two ends disagree\nabout their link");
        }
    }
}
