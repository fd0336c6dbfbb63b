package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A gate that is known not to be met may be missed by as much as is known, and no more. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UnmetGatesTest {

    private static final Place PLACE = new Place(Scenario.SLOW, 100);
    private static final UnmetGates KNOWN = new UnmetGates(Map.of(PLACE, Map.of("times", 2.4, "share", 0.5)));

    private static final Gate TIMES = Gate.atMost("times", 2.4, 1.1);
    private static final Gate SHARE = Gate.atLeast("share", 0.5, 0.9);

    @Test
    void nobody_complains_of_what_is_known() {
        assertThat(KNOWN.complaints(
                        PLACE,
                        List.of(
                                outcome(1, TIMES, SHARE),
                                outcome(2, Gate.atMost("times", 1, 1.1), Gate.atLeast("share", 1, 0.9)))))
                .isEmpty();
    }

    @Test
    void a_gate_is_not_known_to_be_missed_by_more() {
        assertThat(KNOWN.complaints(
                        PLACE,
                        List.of(
                                outcome(1, TIMES, SHARE),
                                outcome(2, Gate.atMost("times", 2.5, 1.1), Gate.atLeast("share", 0.4, 0.9)))))
                .containsExactly(
                        "slow 1 %, 100 nodes, seed 2: times 2.5 <= 1.1 BROKEN, known for 2.4",
                        "slow 1 %, 100 nodes, seed 2: share 0.4 >= 0.9 BROKEN, known for 0.5");
    }

    @Test
    void another_gate_or_another_place_is_not_known_at_all() {
        Gate other = Gate.atMost("missed", 1, 0);

        assertThat(KNOWN.complaints(PLACE, List.of(outcome(1, TIMES, SHARE, other))))
                .containsExactly("slow 1 %, 100 nodes, seed 1: missed 1 <= 0 BROKEN");
        assertThat(KNOWN.complaints(new Place(Scenario.SLOW, 1_000), List.of(outcome(1, TIMES))))
                .hasSize(1);
    }

    @Test
    void what_all_seeds_meet_is_known_no_more() {
        assertThat(KNOWN.complaints(PLACE, List.of(outcome(1, TIMES, Gate.atLeast("share", 0.9, 0.9)))))
                .containsExactly("slow 1 %, 100 nodes: all seeds meet \"share\", which is known not to be met");
    }

    private static Outcome outcome(long seed, Gate... gates) {
        return new Outcome(new Run(PLACE.scenario(), PLACE.nodes(), seed), List.of(gates), List.of(), 1);
    }
}
