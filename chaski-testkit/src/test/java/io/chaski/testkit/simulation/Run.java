package io.chaski.testkit.simulation;

import java.util.Comparator;

/**
 * One run of a row of the table. Immutable.
 *
 * @param scenario of the row
 * @param nodes how many
 * @param seed of the run
 */
record Run(Scenario scenario, int nodes, long seed) implements Comparable<Run> {

    private static final Comparator<Run> IN_THE_TABLE =
            Comparator.comparing(Run::scenario).thenComparingInt(Run::nodes).thenComparingLong(Run::seed);

    Place place() {
        return new Place(scenario, nodes);
    }

    Outcome measure() {
        return scenario.run(nodes, seed);
    }

    @Override
    public int compareTo(Run other) {
        return IN_THE_TABLE.compare(this, other);
    }

    @Override
    public String toString() {
        return place() + ", seed " + seed;
    }
}
