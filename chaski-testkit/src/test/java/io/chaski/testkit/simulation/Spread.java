package io.chaski.testkit.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One measurement of a row in many runs. Of what has a gate the worst run counts, of what is only reported the middle one: nobody
 * says which of its ends is the bad one. Confined to one thread.
 */
final class Spread {

    private record Measured(long seed, Gate gate) {}

    private final List<Measured> runs = new ArrayList<>();

    void add(long seed, Gate gate) {
        runs.add(new Measured(seed, gate));
    }

    @Override
    public String toString() {
        return runs.get(0).gate().isReported() ? median() : worst();
    }

    private String worst() {
        Comparator<Measured> byExcess =
                Comparator.comparingDouble(run -> run.gate().excess());
        Measured worst = runs.get(0);
        boolean isAlike = true;
        for (Measured run : runs) {
            isAlike &= byExcess.compare(run, worst) == 0;
            worst = byExcess.compare(run, worst) > 0 ? run : worst;
        }
        long broken = runs.stream().filter(run -> !run.gate().holds()).count();
        return worst.gate()
                + (broken > 0 ? " by " + broken + " of " + runs.size() : "")
                + (isAlike ? "" : " (seed " + worst.seed() + ")");
    }

    private String median() {
        double[] values =
                runs.stream().mapToDouble(run -> run.gate().value()).sorted().toArray();
        int middle = values.length / 2;
        double median = values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
        double least = values[0];
        double most = values[values.length - 1];
        return runs.get(0).gate().name() + " " + Gate.format(median)
                + (least == most ? "" : " (" + Gate.format(least) + " to " + Gate.format(most) + ")");
    }
}
