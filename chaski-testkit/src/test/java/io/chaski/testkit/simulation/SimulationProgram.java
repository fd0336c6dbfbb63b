package io.chaski.testkit.simulation;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Makes runs of the table of docs/simulation.md, and prints it. */
final class SimulationProgram {

    private SimulationProgram() {}

    /**
     * Makes the runs whose results are not in the file yet, and prints each as it ends and then the table of all that are.
     *
     * @param arguments see {@link Selection#of}
     * @throws IllegalStateException after the table, if any of the runs in it broke off
     */
    public static void main(String[] arguments) throws IOException {
        Selection selection = Selection.of(arguments);
        print(selection.runs(), selection.results(), Run::measure);
    }

    static void print(List<Run> runs, Results results, Function<Run, Outcome> measurement) {
        for (Run run : runs) {
            if (!results.has(run)) {
                Outcome outcome = measurement.apply(run);
                results.add(outcome);
                System.out.printf(Locale.ROOT, "%s, %.1f s of CPU time%n", outcome.line(), outcome.cpuSeconds());
            }
        }
        System.out.println();
        SimulationTable table = new SimulationTable(results.outcomes());
        System.out.println(table);
        if (!table.brokenOff().isEmpty()) {
            throw new IllegalStateException(
                    "runs that broke off, see above: " + table.brokenOff().size());
        }
    }
}
