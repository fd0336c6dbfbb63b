package io.chaski.testkit.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Outcomes of many runs, the worst seed of each row and size. Has a {@code main} that prints it. */
final class SimulationTable {

    private final List<Outcome> outcomes = new ArrayList<>();

    private SimulationTable() {}

    /**
     * Runs all of them.
     *
     * @param done hears of each run when it is over, because all of them take hours
     */
    static SimulationTable measure(Scenario[] scenarios, int[] sizes, long[] seeds, Consumer<Outcome> done) {
        SimulationTable table = new SimulationTable();
        for (Scenario scenario : scenarios) {
            for (int nodes : sizes) {
                for (long seed : seeds) {
                    Outcome outcome = scenario.run(nodes, seed);
                    table.outcomes.add(outcome);
                    done.accept(outcome);
                }
            }
        }
        return table;
    }

    /**
     * Runs that a gate says something against.
     *
     * @param known names of gates that are left out
     */
    List<String> broken(Set<String> known) {
        return outcomes.stream()
                .filter(outcome -> !outcome.broken().stream().allMatch(gate -> known.contains(gate.name())))
                .map(Outcome::line)
                .toList();
    }

    /** One line for each row and size, with the worst seed of each measurement. */
    String markdown() {
        Map<String, Map<String, Gate>> worst = new LinkedHashMap<>();
        Map<String, Integer> runs = new LinkedHashMap<>();
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            String line = "| " + outcome.row() + " | " + outcome.nodes();
            runs.merge(line, 1, Integer::sum);
            seconds.merge(line, outcome.cpuSeconds(), Double::sum);
            Map<String, Gate> gates = worst.computeIfAbsent(line, unused -> new LinkedHashMap<>());
            outcome.gates().forEach(gate -> gates.merge(gate.name(), gate, Gate::worse));
        }
        StringBuilder text = new StringBuilder(
                "| Row | Nodes | Seeds | Worst seed of each measurement | CPU s a run |\n|---|---|---|---|---|\n");
        worst.forEach((line, gates) -> text.append(line)
                .append(" | ")
                .append(runs.get(line))
                .append(" | ")
                .append(gates.values().stream().map(Gate::toString).collect(Collectors.joining("; ")))
                .append(" | ")
                .append(String.format(Locale.ROOT, "%.1f", seconds.get(line) / runs.get(line)))
                .append(" |\n"));
        return text.toString();
    }

    /**
     * Measures and prints: each run as it ends, then the worst seeds.
     *
     * @param arguments names of scenarios, sizes and {@code seed=n}; none of a kind means all of them
     */
    public static void main(String[] arguments) {
        List<Scenario> scenarios = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        List<Long> seeds = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("seed=")) {
                seeds.add(Long.parseLong(argument.substring("seed=".length())));
            } else if (Character.isDigit(argument.charAt(0))) {
                sizes.add(Integer.parseInt(argument));
            } else {
                scenarios.add(Scenario.valueOf(argument));
            }
        }
        SimulationTable table = measure(
                scenarios.isEmpty() ? Scenario.values() : scenarios.toArray(new Scenario[0]),
                sizes.isEmpty()
                        ? new int[] {10, 100, 1_000}
                        : sizes.stream().mapToInt(Integer::intValue).toArray(),
                seeds.isEmpty()
                        ? SimulationGatesTest.SEEDS
                        : seeds.stream().mapToLong(Long::longValue).toArray(),
                outcome -> System.out.println(outcome.markdown()));
        System.out.println(table.markdown());
    }
}
