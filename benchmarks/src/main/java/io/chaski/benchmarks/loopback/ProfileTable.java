package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the threads of each process took for an operation: the median of the rounds, most first. Not thread-safe. */
final class ProfileTable {

    /** In the order of the rows, which is that of the way. */
    private static final List<String> ROLES = List.of(Side.SENDER, Side.RELAY, Side.RECEIVER);

    /** Groups with a smaller part of their process are summed up. */
    private static final double LEAST_PART = 0.01;

    private final MarkdownTable table = new MarkdownTable("workload, contestant, process, threads", "CPU µs/op");

    /**
     * Adds the rows of a workload.
     *
     * @param results none of one that failed or cannot do it
     */
    void add(Workload workload, Map<Contestants, List<Cell.Result>> results) {
        results.forEach((contestant, cells) -> {
            for (String role : ROLES) {
                addRows(workload.label() + ", " + contestant.label() + ", " + role + ", ", role, cells);
            }
        });
    }

    private void addRows(String label, String role, List<Cell.Result> cells) {
        Set<String> groups = new TreeSet<>();
        cells.forEach(cell -> groups.addAll(threads(cell, role).keySet()));
        Map<String, Double> micros = new TreeMap<>();
        for (String group : groups) {
            micros.put(group, median(cells, role, group));
        }
        double all = micros.values().stream().mapToDouble(Double::doubleValue).sum();
        micros.entrySet().stream()
                .filter(each -> each.getValue() >= LEAST_PART * all)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(each -> table.row(label + each.getKey(), Spread.threeDigits(each.getValue())));
        double others = micros.values().stream()
                .mapToDouble(Double::doubleValue)
                .filter(each -> each < LEAST_PART * all)
                .sum();
        if (others > 0) {
            table.row(label + "others", Spread.threeDigits(others));
        }
    }

    private static double median(List<Cell.Result> cells, String role, String group) {
        return Spread.of(cells.stream()
                        .map(cell -> threads(cell, role).getOrDefault(group, 0L)
                                / 1e3
                                / cell.phase().operations())
                        .toList())
                .median();
    }

    private static Map<String, Long> threads(Cell.Result cell, String role) {
        return cell.threadNanos().getOrDefault(role, Map.of());
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
