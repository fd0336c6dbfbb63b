package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What stands in the table can be found again: each worst value with the seed that made it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SimulationTableTest {

    @Nested
    class A_measurement_of_many_seeds {
        private final Spread spread = new Spread();

        @Test
        void is_the_largest_where_least_is_best() {
            spread.add(1, Gate.atMost("RMR", 0.1, 0.3));
            spread.add(2, Gate.atMost("RMR", 0.2, 0.3));
            spread.add(3, Gate.atMost("RMR", 0.15, 0.3));

            assertThat(spread).hasToString("RMR 0.2 <= 0.3 (seed 2)");
        }

        @Test
        void is_the_smallest_where_most_is_best() {
            spread.add(1, Gate.atLeast("share", 0.999, 0.99));
            spread.add(2, Gate.atLeast("share", 0.991, 0.99));

            assertThat(spread).hasToString("share 0.991 >= 0.99 (seed 2)");
        }

        @Test
        void is_that_nearest_to_its_own_limit_if_each_run_has_another() {
            spread.add(1, Gate.atMost("LDH", 9, 12));
            spread.add(2, Gate.atMost("LDH", 8, 8));

            assertThat(spread).hasToString("LDH 8 <= 8 (seed 2)");
        }

        @Test
        void names_no_seed_if_all_are_alike() {
            spread.add(1, Gate.atMost("missed", 0, 0));
            spread.add(2, Gate.atMost("missed", 0, 0));

            assertThat(spread).hasToString("missed 0 <= 0");
        }

        @Test
        void says_how_many_miss_the_gate() {
            spread.add(4, Gate.atMost("missed", 1, 0));
            spread.add(5, Gate.atMost("missed", 3, 0));
            spread.add(6, Gate.atMost("missed", 0, 0));

            assertThat(spread).hasToString("missed 3 <= 0 BROKEN by 2 of 3 (seed 5)");
        }

        @Test
        void misses_its_gate_if_it_is_no_number_or_without_end() {
            spread.add(1, Gate.atMost("one component s", 1, 2));
            spread.add(2, Gate.atMost("one component s", Double.POSITIVE_INFINITY, 2));
            assertThat(spread).hasToString("one component s Infinity <= 2 BROKEN by 1 of 2 (seed 2)");

            spread.add(3, Gate.atMost("one component s", Double.NaN, 2));
            assertThat(spread).hasToString("one component s NaN <= 2 BROKEN by 2 of 3 (seed 3)");
        }

        /** The largest share is the best seed, and the largest time is the worst: a median flatters neither. */
        @Test
        void is_the_middle_one_where_there_is_no_gate() {
            spread.add(1, Gate.reported("share that the slow got", 0.44));
            spread.add(2, Gate.reported("share that the slow got", 0.1));
            spread.add(3, Gate.reported("share that the slow got", 0.3));
            assertThat(spread).hasToString("share that the slow got 0.3 (0.1 to 0.44)");

            spread.add(4, Gate.reported("share that the slow got", 0.2));
            assertThat(spread).hasToString("share that the slow got 0.25 (0.1 to 0.44)");
        }

        @Test
        void says_no_range_where_there_is_none() {
            spread.add(1, Gate.reported("ended with their senders", 0));
            spread.add(2, Gate.reported("ended with their senders", 0));

            assertThat(spread).hasToString("ended with their senders 0");
        }
    }

    @Test
    void has_a_line_for_each_row_and_size_with_the_range_of_its_seeds() {
        SimulationTable table = new SimulationTable(List.of(
                outcome(Scenario.STABLE, 1_000, 1, 0.5),
                outcome(Scenario.STABLE, 1_000, 2, 0.7),
                outcome(Scenario.CHURN, 10, 7, 1)));

        assertThat(table.gates().lines().skip(2))
                .containsExactly(
                        "| stable | 1,000 | 1 to 2 | RMR 0.7 <= 1 (seed 2) | 3.0 |",
                        "| churn 1 % a second | 10 | 7 | RMR 1 <= 1 | 3.0 |");
        assertThat(table.census().lines().skip(2))
                .containsExactly(
                        "| stable | 1,000 | 1 to 2 | parts 1.5 (1 to 2) |",
                        "| churn 1 % a second | 10 | 7 | parts 7 |");
    }

    @Test
    void tells_behind_it_why_a_run_is_missing_in_it() {
        Run run = new Run(Scenario.STABLE, 1_000, 2);
        SimulationTable table = new SimulationTable(List.of(
                outcome(Scenario.STABLE, 1_000, 1, 0.5),
                new Outcome(run, List.of(Gate.atLeast("ran to its end", 0, 1)), List.of(), 1, "two ends disagree")));

        assertThat(table.toString().lines())
                .last()
                .isEqualTo("stable, 1000 nodes, seed 2: [ran to its end 0 >= 1 BROKEN], broke off: two ends disagree");
    }

    @Test
    void says_which_seeds_have_run() {
        assertThat(SimulationTable.ranges(List.of(1L))).isEqualTo("1");
        assertThat(SimulationTable.ranges(List.of(1L, 2L, 3L))).isEqualTo("1 to 3");
        assertThat(SimulationTable.ranges(List.of(1L, 3L, 4L, 9L))).isEqualTo("1, 3 to 4, 9");
    }

    private static Outcome outcome(Scenario scenario, int nodes, long seed, double redundancy) {
        return new Outcome(
                new Run(scenario, nodes, seed),
                List.of(Gate.atMost("RMR", redundancy, 1)),
                List.of(Gate.reported("parts", (double) seed)),
                3);
    }
}
