package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SelectionTest {

    @Test
    void of_a_row_a_size_and_seeds_is_just_that() {
        assertThat(Selection.of("STABLE", "100", "seeds=1-2,7").runs())
                .containsExactly(
                        new Run(Scenario.STABLE, 100, 1),
                        new Run(Scenario.STABLE, 100, 2),
                        new Run(Scenario.STABLE, 100, 7));
        assertThat(Selection.of("CHURN", "RING", "10", "seed=3").runs())
                .containsExactly(new Run(Scenario.CHURN, 10, 3), new Run(Scenario.RING, 10, 3));
    }

    @Test
    void of_a_row_is_all_that_the_table_has_of_it() {
        assertThat(Selection.of("RING").runs())
                .hasSize(3 * 20)
                .contains(new Run(Scenario.RING, 10, 1), new Run(Scenario.RING, 1_000, 20));
        assertThat(Selection.of("PARTITION_600", "10000").runs())
                .containsExactlyElementsOf(
                        Selection.of("PARTITION_600", "10000", "seeds=1-5").runs());
    }

    /** The rows that the design names for ten thousand nodes. */
    @Test
    void of_nothing_is_the_whole_table() {
        assertThat(Selection.of().runs())
                .filteredOn(run -> run.seed() == 5 && run.nodes() == 10_000)
                .extracting(Run::scenario)
                .containsExactly(
                        Scenario.STABLE,
                        Scenario.JOIN_STORM,
                        Scenario.STORM_THROUGH_FIVE,
                        Scenario.CRASH_80,
                        Scenario.CRASH_95,
                        Scenario.PARTITION_60,
                        Scenario.PARTITION_600,
                        Scenario.CHURN);
        assertThat(Selection.of().runs())
                .filteredOn(run -> run.seed() == 20 && run.nodes() == 1_000)
                .extracting(Run::scenario)
                .containsExactly(Scenario.values());
    }

    @Test
    void may_be_of_nothing_but_what_a_file_has() {
        Selection selection = Selection.of("--results", "all.tsv", "--print");

        assertThat(selection.runs()).isEmpty();
        assertThat(selection.file()).isEqualTo(Path.of("all.tsv"));
    }

    @Test
    void to_print_is_of_a_file_and_of_all_that_it_has() {
        assertThatThrownBy(() -> Selection.of("--print"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--print without --results: there is no file to print");
        assertThatThrownBy(() -> Selection.of("--print", "STABLE", "100", "seed=2", "--results", "all.tsv"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--print prints all that is in the file,"
                        + " not a choice of rows [STABLE], sizes [100] and seeds [2]");
    }

    @Test
    void is_not_guessed() {
        assertThatThrownBy(() -> Selection.of("STABEL")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Selection.of("seeds=1-")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> Selection.of("--results"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--results without the name of a file");
    }
}
