package io.chaski.testkit.simulation;

import java.util.List;

/**
 * What one run of a scenario came to. Immutable.
 *
 * @param run which
 * @param gates the measurements of its row
 * @param census what is measured of the overlay in each row, see {@link Census}
 * @param cpuSeconds what the run took of one core
 */
record Outcome(Run run, List<Gate> gates, List<Gate> census, double cpuSeconds) {

    Outcome {
        gates = List.copyOf(gates);
        census = List.copyOf(census);
    }

    List<Gate> broken() {
        return gates.stream().filter(gate -> !gate.holds()).toList();
    }

    /** What it was, and what of it is wrong. */
    String line() {
        return run + ": " + (broken().isEmpty() ? "all gates reached" : broken().toString());
    }
}
