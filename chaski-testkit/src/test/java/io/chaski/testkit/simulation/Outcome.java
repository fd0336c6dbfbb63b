package io.chaski.testkit.simulation;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What one run of a scenario came to. Immutable.
 *
 * @param row of the table
 * @param nodes how many
 * @param seed of the run
 * @param gates all measurements
 * @param cpuSeconds what the run took of one core
 */
record Outcome(String row, int nodes, long seed, List<Gate> gates, double cpuSeconds) {

    Outcome {
        gates = List.copyOf(gates);
    }

    List<Gate> broken() {
        return gates.stream().filter(gate -> !gate.holds()).toList();
    }

    /** All of it, as a row of a table. */
    String markdown() {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %s | %.1f |",
                row,
                nodes,
                seed,
                gates.stream().map(Gate::toString).collect(Collectors.joining("; ")),
                cpuSeconds);
    }

    /** What it was, and what of it is wrong. */
    String line() {
        return row + ", " + nodes + " nodes, seed " + seed + ": "
                + (broken().isEmpty() ? "all gates reached" : broken().toString());
    }
}
