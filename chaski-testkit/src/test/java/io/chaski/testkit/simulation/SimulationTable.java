package io.chaski.testkit.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Outcomes of many runs, a line for each row and size. Immutable. */
final class SimulationTable {

    private final Map<Place, List<Outcome>> rows;

    /**
     * A table.
     *
     * @param outcomes of all runs, in the order of the table
     */
    SimulationTable(Collection<Outcome> outcomes) {
        Map<Place, List<Outcome>> byPlace = new LinkedHashMap<>();
        outcomes.forEach(outcome -> byPlace.computeIfAbsent(outcome.run().place(), unused -> new ArrayList<>())
                .add(outcome));
        byPlace.replaceAll((place, ofThePlace) -> List.copyOf(ofThePlace));
        rows = Collections.unmodifiableMap(byPlace);
    }

    /** The measurements of the rows: the worst seed of each gate, and the middle one of what has no gate. */
    String gates() {
        StringBuilder text = new StringBuilder("""
                | Row | Nodes | Seeds | Worst of each gate, median of the rest | CPU s a run |
                |---|---|---|---|---|
                """);
        rows.forEach((place, outcomes) -> text.append(begin(place, outcomes, Outcome::gates))
                .append(String.format(
                        Locale.ROOT,
                        " %.1f |%n",
                        outcomes.stream()
                                .mapToDouble(Outcome::cpuSeconds)
                                .average()
                                .orElse(0))));
        return text.toString();
    }

    /** What {@link Census} has measured in the same runs. */
    String census() {
        StringBuilder text = new StringBuilder("""
                | Row | Nodes | Seeds | Median of each measurement (least to most) |
                |---|---|---|---|
                """);
        rows.forEach((place, outcomes) ->
                text.append(begin(place, outcomes, Outcome::census)).append('\n'));
        return text.toString();
    }

    private static String begin(Place place, List<Outcome> outcomes, Function<Outcome, List<Gate>> measured) {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            for (Gate gate : measured.apply(outcome)) {
                spreads.computeIfAbsent(gate.name(), unused -> new Spread())
                        .add(outcome.run().seed(), gate);
            }
        }
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %s | %s |",
                place.scenario().row(),
                place.nodes(),
                ranges(outcomes.stream().map(outcome -> outcome.run().seed()).toList()),
                spreads.values().stream().map(Spread::toString).collect(Collectors.joining("; ")));
    }

    /** Numbers in ascending order, in words. */
    static String ranges(List<Long> seeds) {
        List<String> ranges = new ArrayList<>();
        int next = 0;
        while (next < seeds.size()) {
            int first = next;
            do {
                next++;
            } while (next < seeds.size() && seeds.get(next) == seeds.get(next - 1) + 1);
            long last = seeds.get(next - 1);
            ranges.add(seeds.get(first) == last ? "" + last : seeds.get(first) + " to " + last);
        }
        return String.join(", ", ranges);
    }

    /** Runs that did not run to their end, each with the reason. */
    List<String> brokenOff() {
        return rows.values().stream()
                .flatMap(List::stream)
                .filter(outcome -> outcome.brokeOffBy() != null)
                .map(Outcome::line)
                .toList();
    }

    /** Both tables, and behind them what is missing in them. */
    @Override
    public String toString() {
        return gates() + "\n" + census() + (brokenOff().isEmpty() ? "" : "\n" + String.join("\n", brokenOff()) + "\n");
    }
}
