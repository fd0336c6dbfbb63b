package io.chaski.testkit.simulation;

import java.util.List;

/**
 * What one run of a scenario came to. Immutable.
 *
 * @param row of the table
 * @param nodes how many
 * @param seed of the run
 * @param gates all measurements
 */
record Outcome(String row, int nodes, long seed, List<Gate> gates) {

    Outcome {
        gates = List.copyOf(gates);
    }

    List<Gate> broken() {
        return gates.stream().filter(gate -> !gate.holds()).toList();
    }

    /** What it was, and what of it is wrong. */
    String line() {
        return row + ", " + nodes + " nodes, seed " + seed + ": "
                + (broken().isEmpty() ? "all gates reached" : broken().toString());
    }
}
