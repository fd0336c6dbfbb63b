package io.chaski.testkit.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gates that are not met on every seed, and how far they were missed on the worst when that was measured. Immutable. */
final class UnmetGates {

    /** Those of this version, with the figures of docs/simulation.md rounded up; it says why. */
    static final UnmetGates KNOWN = new UnmetGates(Map.ofEntries(
            unmet(Scenario.PAUSE, 10, Map.of("link changes in 5 s, worst of the affected", 14.0)),
            unmet(
                    Scenario.PAUSE,
                    100,
                    Map.of(
                            "link changes in 5 s, worst of the affected",
                            20.0,
                            "link changes in 5 s, worst of the unaffected",
                            8.0)),
            unmet(Scenario.ONE_WAY, 100, Map.of("link changes in 5 s, worst of the unaffected", 7.0)),
            unmet(
                    Scenario.PAUSE,
                    1_000,
                    Map.of(
                            "link changes in 5 s, worst of the affected",
                            18.0,
                            "link changes in 5 s, worst of the unaffected",
                            7.0)),
            unmet(
                    Scenario.SLOW,
                    10,
                    Map.of(
                            "p99 with, times without",
                            1.37,
                            "all: p99 with, times without",
                            1.37,
                            "eager links to the slow",
                            2.0)),
            unmet(
                    Scenario.SLOW,
                    100,
                    Map.of(
                            "p99 with, times without",
                            1.31,
                            "all: p99 with, times without",
                            1.33,
                            "eager links to the slow",
                            1.0)),
            unmet(Scenario.SLOW, 1_000, Map.of("all: p99 with, times without", 2.41, "eager links to the slow", 2.0)),
            unmet(Scenario.LOOK_UP_1_ROOT, 100, Map.of("found within s, p99", 3.62)),
            unmet(Scenario.RING, 10, Map.of("resolved within s", 31.0)),
            unmet(Scenario.STABLE, 10_000, Map.of("clustering", 0.0016, "one sender: LDH", 16.0)),
            unmet(Scenario.CRASH_80, 10_000, Map.of("one component s", 3.75)),
            unmet(Scenario.RING, 1_000, Map.of("all buffers full", 0.0, "resolved within s", 36.0))));

    private final Map<Place, Map<String, Double>> worst;

    /**
     * Gates.
     *
     * @param worst for each place the names of the gates, and the worst value of each
     */
    UnmetGates(Map<Place, Map<String, Double>> worst) {
        this.worst = Map.copyOf(worst);
    }

    private static Map.Entry<Place, Map<String, Double>> unmet(Scenario row, int nodes, Map<String, Double> worst) {
        return Map.entry(new Place(row, nodes), worst);
    }

    /**
     * What somebody should look at: gates that are missed and not known for it, or by more than they are known for, and those that
     * all seeds meet although they are known not to.
     *
     * @param place a row at a size
     * @param outcomes of all seeds that the table has there
     */
    List<String> complaints(Place place, List<Outcome> outcomes) {
        List<String> complaints = new ArrayList<>();
        outcomes.forEach(outcome -> complaints.addAll(surprises(place, outcome)));
        Map<String, Double> known = worst.getOrDefault(place, Map.of());
        known.keySet().stream()
                .sorted()
                .filter(name -> outcomes.stream()
                        .noneMatch(outcome -> outcome.broken().stream()
                                .anyMatch(gate -> gate.name().equals(name))))
                .forEach(name ->
                        complaints.add(place + ": all seeds meet \"" + name + "\", which is known not to be met"));
        return complaints;
    }

    /**
     * Gates that are missed and not known for it, or by more than they are known for.
     *
     * @param place a row at a size
     * @param outcome of one seed
     */
    List<String> surprises(Place place, Outcome outcome) {
        Map<String, Double> known = worst.getOrDefault(place, Map.of());
        List<String> surprises = new ArrayList<>();
        for (Gate gate : outcome.broken()) {
            Double limit = known.get(gate.name());
            if (limit == null) {
                surprises.add(outcome.run() + ": " + gate);
            } else if (!new Gate(gate.name(), gate.value(), limit, gate.atMost()).holds()) {
                surprises.add(outcome.run() + ": " + gate + ", known for " + Gate.format(limit));
            }
        }
        return surprises;
    }
}
