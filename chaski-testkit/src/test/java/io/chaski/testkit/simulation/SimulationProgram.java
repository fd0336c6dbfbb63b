package io.chaski.testkit.simulation;

import java.io.IOException;
import java.util.Locale;

/** Makes runs of the table of docs/simulation.md, and prints it. */
final class SimulationProgram {

    private SimulationProgram() {}

    /**
     * Makes the runs whose results are not in the file yet, and prints each as it ends and then the table of all that are.
     *
     * @param arguments see {@link Selection#of}
     */
    public static void main(String[] arguments) throws IOException {
        Selection selection = Selection.of(arguments);
        Results results = selection.results();
        for (Run run : selection.runs()) {
            if (!results.has(run)) {
                Outcome outcome = run.measure();
                results.add(outcome);
                System.out.printf(Locale.ROOT, "%s, %.1f s of CPU time%n", outcome.line(), outcome.cpuSeconds());
            }
        }
        System.out.println();
        System.out.println(new SimulationTable(results.outcomes()));
    }
}
