package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The results of all cells: median (minimum-maximum) of the rounds, and the ratio to the limit, or to
 * the one that a contestant names as its own, which then stands beside the ratio. Without a figure of that one there is a dash: never
 * the ratio to another. A contestant
 * that lost a message in one of the rounds has neither, as how fast it lost them says nothing; nor has one that failed.
 * One that cannot do a workload has a dash there.
 * Not thread-safe.
 */
final class ResultTable {

    private static final String LOSSY = "LOSSY, no figure";
    private static final String FAILED = "FAILED, no figure";
    private static final String NONE = "-";

    private final List<Contestants> contestants;
    private final Contestants limit;
    private final MarkdownTable table;

    /**
     * No results yet.
     *
     * @param contestants in the order of the rows
     * @param limit of those who name no other; need not be among them
     */
    ResultTable(List<Contestants> contestants, Contestants limit) {
        this.contestants = List.copyOf(contestants);
        this.limit = limit;
        this.table = new MarkdownTable(
                "workload", "contestant", "result", "x " + limit.label(), "CPU µs/op", "missing, broken, dropped");
    }

    /**
     * Adds the rows of a workload.
     *
     * @param results one or more of each contestant, none of one that failed or cannot do it
     */
    void add(Workload workload, Map<Contestants, List<Cell.Result>> results) {
        if (workload.isCalls()) {
            addRows(workload, ", calls/s", results, Cell.Result::operationsPerSecond);
        }
        if (workload.isRoundTrip() || workload.outstanding() == 1) {
            addRows(workload, ", p50 µs", results, cell -> cell.phase().p50Nanos() / 1e3);
            addRows(workload, ", p99 µs", results, cell -> cell.phase().p99Nanos() / 1e3);
        }
        if (workload.isOneWay()) {
            addRows(workload, ", messages/s", results, Cell.Result::operationsPerSecond);
        }
        if (workload.hasRelay()) {
            addRows(workload, ", CPU µs of the relay", results, Cell.Result::relayCpuMicrosPerOperation);
        }
    }

    private void addRows(
            Workload workload,
            String unit,
            Map<Contestants, List<Cell.Result>> results,
            ToDoubleFunction<Cell.Result> figure) {
        String label = workload.label() + unit;
        for (Contestants contestant : contestants) {
            List<Cell.Result> cells = of(contestant, results);
            List<Cell.Result> compared = of(limitOf(contestant), results);
            if (!contestant.can(workload)) {
                table.row(label, contestant.label(), NONE, NONE, NONE, NONE);
            } else if (cells.isEmpty()) {
                table.row(label, contestant.label(), FAILED, NONE, NONE, NONE);
            } else if (isLossless(cells)) {
                table.row(
                        label,
                        contestant.label(),
                        spread(cells, figure).print(Spread::threeDigits),
                        isLossless(compared) ? ratio(cells, compared, figure) + named(limitOf(contestant)) : NONE,
                        Spread.threeDigits(spread(cells, Cell.Result::cpuMicrosPerOperation)
                                .median()),
                        losses(cells));
            } else {
                table.row(label, contestant.label(), LOSSY, NONE, NONE, losses(cells));
            }
        }
    }

    private Contestants limitOf(Contestants contestant) {
        return contestant.limit().orElse(limit);
    }

    /** Nothing for the limit of most, whose name is in the heading. */
    private String named(Contestants other) {
        return other == limit ? "" : " (" + other.label() + ")";
    }

    private static List<Cell.Result> of(Contestants contestant, Map<Contestants, List<Cell.Result>> results) {
        return results.getOrDefault(contestant, List.of());
    }

    private static boolean isLossless(List<Cell.Result> cells) {
        return !cells.isEmpty() && cells.stream().allMatch(Cell.Result::isLossless);
    }

    private static String ratio(
            List<Cell.Result> cells, List<Cell.Result> limit, ToDoubleFunction<Cell.Result> figure) {
        return Spread.threeDigits(
                spread(cells, figure).median() / spread(limit, figure).median());
    }

    private static Spread spread(List<Cell.Result> cells, ToDoubleFunction<Cell.Result> figure) {
        return Spread.of(cells.stream().map(figure::applyAsDouble).toList());
    }

    private static String losses(List<Cell.Result> cells) {
        long missing = cells.stream().mapToLong(Cell.Result::missing).sum();
        long broken = cells.stream().mapToLong(Cell.Result::broken).sum();
        long dropped = cells.stream().mapToLong(Cell.Result::dropped).sum();
        return missing + ", " + broken + ", " + dropped;
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
