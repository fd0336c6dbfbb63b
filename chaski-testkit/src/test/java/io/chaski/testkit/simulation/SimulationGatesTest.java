package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gates of the overlay's design. Every build runs a selection that takes some two and a half minutes; all
 * rows, sizes and seeds run in the profile {@code deep}. Virtual time cannot hang, but a machine that does much else
 * takes its time, so the limits are wide.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Execution(ExecutionMode.CONCURRENT)
class SimulationGatesTest {

    /** Of the profile {@code deep}: one table of all of it is printed at the end. */
    private static final List<Outcome> DEEP = Collections.synchronizedList(new ArrayList<>());

    @AfterAll
    static void printTheTable() {
        if (!DEEP.isEmpty()) {
            System.out.println(new SimulationTable(
                    DEEP.stream().sorted(Comparator.comparing(Outcome::run)).toList()));
        }
    }

    /**
     * But for eight: {@link Scenario#SLOW} compares tails of delays, of which ten nodes have too few; of ten of which 95 % crash one
     * is left; with a restart each half second hardly any of ten has been back for the ten seconds after which messages are due; and a
     * topic of 5 or 20 would have the same three members.
     */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "SLOW",
                "CRASH_95",
                "RESTARTS",
                "EPOCHS_BACKWARDS",
                "LOOK_UP_5_ROOT",
                "LOOK_UP_20_ROOT",
                "LOOK_UP_5",
                "LOOK_UP_20"
            })
    void ten_nodes_pass_on_one_seed(Scenario scenario) {
        passes(scenario, 10, 1);
    }

    @ParameterizedTest
    @CsvSource({"RESTARTS, 30", "EPOCHS_BACKWARDS, 30"})
    void a_few_more_pass_where_ten_are_too_few(Scenario scenario, int nodes) {
        passes(scenario, nodes, 1);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "STABLE",
                "JOIN_STORM",
                "STORM_THROUGH_FIVE",
                "CRASH_95",
                "PARTITION_60",
                "LOSS_20",
                "RING",
                "LOOK_UP_5"
            })
    void a_hundred_nodes_pass_on_one_seed(Scenario scenario) {
        passes(scenario, 100, 1);
    }

    /** The row that says most about size for its time. */
    @ResourceLock("heap")
    @Test
    void a_thousand_nodes_pass_the_storm_on_one_seed() {
        passes(Scenario.JOIN_STORM, 1_000, 1);
    }

    /** Prints each run as it ends, because all of them take days, and the tables of docs/simulation.md at the end. */
    @Tag("deep")
    @ResourceLock("heap")
    @Timeout(value = 12, unit = TimeUnit.HOURS)
    @ParameterizedTest
    @MethodSource("places")
    void every_row_of_the_table_passes_on_every_seed_but_for_gates_that_are_known(Place place) {
        List<Outcome> outcomes = new ArrayList<>();
        for (long seed : Scenario.seeds(place.nodes())) {
            Outcome outcome = place.scenario().run(place.nodes(), seed);
            System.out.println(outcome.line());
            outcomes.add(outcome);
        }
        DEEP.addAll(outcomes);
        assertThat(UnmetGates.KNOWN.complaints(place, outcomes)).isEmpty();
    }

    static Stream<Place> places() {
        return Arrays.stream(Scenario.values())
                .flatMap(scenario -> scenario.sizes().stream().map(nodes -> new Place(scenario, nodes)));
    }

    /** What breaks a run off is thrown: the report of a build then says where. */
    static void passes(Scenario scenario, int nodes, long seed) {
        Outcome outcome = scenario.measure(nodes, seed);
        assertThat(UnmetGates.KNOWN.surprises(new Place(scenario, nodes), outcome))
                .as(outcome.line())
                .isEmpty();
    }
}
