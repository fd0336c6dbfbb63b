package io.chaski.testkit.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a scenario came to. Immutable.
 *
 * @param run which
 * @param gates the measurements of its row
 * @param census what is measured of the overlay in each row, see {@link Census}
 * @param cpuSeconds what the run took of one core
 * @param brokeOffBy why it broke off, in one line; null if it ran to its end
 */
record Outcome(
        Run run,
        List<Gate> gates,
        List<Gate> census,
        double cpuSeconds,
        @Nullable String brokeOffBy) {

    Outcome {
        gates = List.copyOf(gates);
        census = List.copyOf(census);
    }

    /** Of a run that ran to its end. */
    Outcome(Run run, List<Gate> gates, List<Gate> census, double cpuSeconds) {
        this(run, gates, census, cpuSeconds, null);
    }

    List<Gate> broken() {
        return gates.stream().filter(gate -> !gate.holds()).toList();
    }

    /** What it was, and what of it is wrong. */
    String line() {
        return run + ": " + (broken().isEmpty() ? "all gates reached" : broken().toString())
                + (brokeOffBy == null ? "" : ", broke off: " + brokeOffBy);
    }
}
