package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import io.chaski.benchmarks.loopback.ThreadCosts.Cost;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/** What the threads of each process took for an operation: medians of the rounds, most processor time first. Not thread-safe. */
final class ProfileTable {

    /** In the order of the rows, which is that of the way. */
    private static final List<String> ROLES = List.of(Side.SENDER, Side.RELAY, Side.RECEIVER);

    /** Groups with a smaller part of their process's time are summed up. */
    private static final double LEAST_PART = 0.01;

    private final MarkdownTable table =
            new MarkdownTable("workload, contestant, process, threads", "CPU µs/op", "heap B/op");

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
        List<Row> rows = groups.stream()
                .map(group -> new Row(
                        group,
                        median(cells, role, group, Cost::nanos) / 1e3,
                        median(cells, role, group, Cost::heapBytes)))
                .sorted(Comparator.comparingDouble(Row::micros).reversed())
                .toList();
        double least = LEAST_PART * rows.stream().mapToDouble(Row::micros).sum();
        rows.stream().filter(row -> row.micros() >= least).forEach(row -> print(label, row));
        List<Row> small = rows.stream().filter(row -> row.micros() < least).toList();
        double micros = small.stream().mapToDouble(Row::micros).sum();
        double bytes = small.stream().mapToDouble(Row::bytes).sum();
        if (micros > 0 || bytes > 0) {
            print(label, new Row("others", micros, bytes));
        }
    }

    /** A row to be: medians for an operation. */
    private record Row(String group, double micros, double bytes) {}

    private void print(String label, Row row) {
        boolean isKnown = !row.group().equals(ThreadCosts.JVM) && !row.group().equals(ThreadCosts.CHILDREN);
        table.row(
                label + row.group(), Spread.threeDigits(row.micros()), isKnown ? Spread.threeDigits(row.bytes()) : "-");
    }

    private static double median(List<Cell.Result> cells, String role, String group, ToLongFunction<Cost> figure) {
        return Spread.of(cells.stream()
                        .map(cell -> figure.applyAsLong(threads(cell, role).getOrDefault(group, Cost.NOTHING))
                                / (double) cell.phase().operations())
                        .toList())
                .median();
    }

    private static Map<String, Cost> threads(Cell.Result cell, String role) {
        return cell.threads().getOrDefault(role, Map.of());
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
