package io.chaski.testkit.simulation;

/**
 * A row at a size. Immutable.
 *
 * @param scenario of the row
 * @param nodes how many
 */
record Place(Scenario scenario, int nodes) {

    @Override
    public String toString() {
        return scenario.row() + ", " + nodes + " nodes";
    }
}
