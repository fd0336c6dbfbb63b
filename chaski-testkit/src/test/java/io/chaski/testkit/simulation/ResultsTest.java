package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of several evenings become one table. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ResultsTest {

    private static final Outcome FIRST = outcome(Scenario.STABLE, 1);
    private static final Outcome SECOND = outcome(Scenario.STABLE, 2);
    private static final Outcome OTHER = outcome(Scenario.CHURN, 1);

    @TempDir
    Path folder;

    @Test
    void of_another_evening_are_there_with_all_their_measurements() throws IOException {
        Results.in(file()).add(SECOND);
        Results.in(file()).add(OTHER);

        Results results = Results.in(file());
        results.add(FIRST);

        assertThat(results.has(OTHER.run())).isTrue();
        assertThat(results.has(new Run(Scenario.CHURN, 100, 2))).isFalse();
        assertThat(results.outcomes()).containsExactly(FIRST, SECOND, OTHER);
        assertThat(Results.in(file()).outcomes()).containsExactly(FIRST, SECOND, OTHER);
    }

    @Test
    void of_two_files_are_joined_by_putting_one_behind_the_other() throws IOException {
        Path other = folder.resolve("other.tsv");
        Results.in(file()).add(FIRST);
        Results.in(other).add(FIRST);
        Results.in(other).add(SECOND);

        Files.writeString(file(), Files.readString(file()) + Files.readString(other));

        assertThat(Results.in(file()).outcomes()).containsExactly(FIRST, SECOND);
    }

    @Test
    void of_a_run_that_broke_off_are_those_of_the_next_that_does_not() throws IOException {
        Outcome broken = new Outcome(
                FIRST.run(), List.of(Gate.atLeast("ran to its end", 0, 1)), List.of(), 1, "two ends\tdisagree");
        Results results = Results.in(file());
        results.add(broken);
        assertThat(results.has(FIRST.run())).isFalse();
        assertThat(Results.in(file()).outcomes())
                .extracting(Outcome::brokeOffBy)
                .containsExactly("two ends disagree");

        results.add(FIRST);
        results.add(broken);

        assertThat(Results.in(file()).outcomes()).containsExactly(FIRST);
    }

    @Test
    void are_those_of_whole_lines_after_a_process_was_killed() throws IOException {
        Results.in(file()).add(FIRST);
        String line = Files.readString(file());
        Files.writeString(file(), line + line.substring(0, line.length() / 2));

        Results.in(file()).add(SECOND);

        assertThat(Results.in(file()).outcomes()).containsExactly(FIRST, SECOND);
    }

    @Test
    void are_not_read_from_something_else() throws IOException {
        Files.writeString(file(), "row,nodes,seed\n");

        assertThatThrownBy(() -> Results.in(file()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no result of a run: row,nodes,seed");
    }

    @Test
    void need_no_file() {
        Results results = Results.inMemory();
        results.add(FIRST);

        assertThat(results.outcomes()).containsExactly(FIRST);
    }

    private Path file() {
        return folder.resolve("results.tsv");
    }

    private static Outcome outcome(Scenario scenario, long seed) {
        return new Outcome(
                new Run(scenario, 100, seed),
                List.of(
                        Gate.atMost("contact frames a joiner, all", 1 / 3.0, 5),
                        Gate.atLeast("share", 0.5, 0.99),
                        Gate.reported("one component s", Double.POSITIVE_INFINITY)),
                List.of(Gate.reported("degree 5", 0.25)),
                1.5);
    }
}
