package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The results of all cells, a column for each contestant: median (minimum-maximum) of the rounds, and the same of the ratio to what
 * the limit, or the one that a contestant names as its own, reached in the same round. Without a figure of that one there is a dash:
 * never the ratio to another. Then the processor time of all processes, and what was lost. A contestant that lost a message in one
 * of the rounds has no figure, as how fast it lost them says nothing; nor has one that failed. One that cannot do a workload has a
 * dash there. Not thread-safe.
 */
final class ResultTable {

    private static final String LOSSY = "LOSSY";
    private static final String FAILED = "FAILED";
    private static final String NONE = "-";

    private final List<Contestants> contestants;
    private final Contestants limit;
    private final MarkdownTable figures;
    private final MarkdownTable cpu;
    private final List<String> losses = new ArrayList<>();

    /**
     * No results yet.
     *
     * @param contestants in the order of the columns
     * @param limit of those who name no other; need not be among them
     */
    ResultTable(List<Contestants> contestants, Contestants limit) {
        this.contestants = List.copyOf(contestants);
        this.limit = limit;
        this.figures = new MarkdownTable(row("workload", Contestants::label));
        this.cpu = new MarkdownTable(row("workload", Contestants::label));
    }

    /**
     * Adds the rows of a workload.
     *
     * @param results of each contestant one of each round, in order; none of one that failed or cannot do it
     */
    void add(Workload workload, Map<Contestants, List<Cell.Result>> results) {
        if (workload.isCalls()) {
            addRow(workload, ", calls/s", results, Cell.Result::operationsPerSecond);
        }
        if (workload.isRoundTrip() || workload.outstanding() == 1) {
            addRow(workload, ", p50 µs", results, cell -> cell.phase().p50Nanos() / 1e3);
            addRow(workload, ", p99 µs", results, cell -> cell.phase().p99Nanos() / 1e3);
        }
        if (workload.isOneWay()) {
            addRow(workload, ", messages/s", results, Cell.Result::operationsPerSecond);
        }
        if (workload.hasRelay()) {
            addRow(workload, ", CPU µs of the relay", results, Cell.Result::relayCpuMicrosPerOperation);
        }
        cpu.row(row(workload.label(), contestant -> {
            List<Cell.Result> cells = of(contestant, results);
            return isLossless(cells)
                    ? Spread.threeDigits(
                            spread(cells, Cell.Result::cpuMicrosPerOperation).median())
                    : NONE;
        }));
        for (Contestants contestant : contestants) {
            addLosses(workload, contestant, of(contestant, results));
        }
    }

    private void addRow(
            Workload workload,
            String unit,
            Map<Contestants, List<Cell.Result>> results,
            ToDoubleFunction<Cell.Result> figure) {
        figures.row(row(workload.label() + unit, contestant -> {
            List<Cell.Result> cells = of(contestant, results);
            if (!contestant.can(workload)) {
                return NONE;
            }
            if (cells.isEmpty()) {
                return FAILED;
            }
            return isLossless(cells)
                    ? spread(cells, figure).print(Spread::threeDigits) + ratio(contestant, results, figure)
                    : LOSSY;
        }));
    }

    private String[] row(String label, Function<Contestants, String> cell) {
        return Stream.concat(Stream.of(label), contestants.stream().map(cell)).toArray(String[]::new);
    }

    /** That of each round, and nothing for the limit itself. */
    private String ratio(
            Contestants contestant, Map<Contestants, List<Cell.Result>> results, ToDoubleFunction<Cell.Result> figure) {
        if (contestant == limit) {
            return "";
        }
        List<Cell.Result> compared = of(limitOf(contestant), results);
        if (!isLossless(compared)) {
            return ", " + NONE;
        }
        Spread ratio = Spread.ofRatios(figures(of(contestant, results), figure), figures(compared, figure));
        String range = Spread.threeDigits(ratio.least()) + "-" + Spread.threeDigits(ratio.most());
        return ", **" + Spread.threeDigits(ratio.median()) + "** (" + range + ")";
    }

    private Contestants limitOf(Contestants contestant) {
        return contestant.limit().orElse(limit);
    }

    /** With whom they are compared, and whom not because that one is left out. */
    private String caption() {
        StringBuilder caption = new StringBuilder();
        for (Contestants compared :
                contestants.stream().map(this::limitOf).distinct().toList()) {
            List<String> who = contestants.stream()
                    .filter(contestant -> contestant.limit().isPresent() && limitOf(contestant) == compared)
                    .map(Contestants::label)
                    .toList();
            caption.append(caption.isEmpty() ? "" : " ")
                    .append(contestants.contains(compared) ? "In bold the ratio" : "No ratio")
                    .append(who.isEmpty() ? "" : " of " + String.join(", ", who))
                    .append(" to ")
                    .append(compared.label())
                    .append(contestants.contains(compared) ? "." : ", which is left out.");
        }
        return caption.toString();
    }

    private void addLosses(Workload workload, Contestants contestant, List<Cell.Result> cells) {
        long missing = cells.stream().mapToLong(Cell.Result::missing).sum();
        long broken = cells.stream().mapToLong(Cell.Result::broken).sum();
        long dropped = cells.stream().mapToLong(Cell.Result::dropped).sum();
        if (missing + broken + dropped > 0) {
            losses.add(contestant.label() + ", " + workload.label() + ": " + missing + " missing, " + broken
                    + " broken, " + dropped + " dropped");
        }
    }

    private static List<Cell.Result> of(Contestants contestant, Map<Contestants, List<Cell.Result>> results) {
        return results.getOrDefault(contestant, List.of());
    }

    private static boolean isLossless(List<Cell.Result> cells) {
        return !cells.isEmpty() && cells.stream().allMatch(Cell.Result::isLossless);
    }

    private static Spread spread(List<Cell.Result> cells, ToDoubleFunction<Cell.Result> figure) {
        return Spread.of(figures(cells, figure));
    }

    private static List<Double> figures(List<Cell.Result> cells, ToDoubleFunction<Cell.Result> figure) {
        return cells.stream().map(figure::applyAsDouble).toList();
    }

    @Override
    public String toString() {
        return caption() + "\n\n" + figures + "\nProcessor time of all processes for an operation, in µs:\n\n" + cpu
                + "\n"
                + (losses.isEmpty() ? "Nothing was missing, broken or dropped" : String.join("; ", losses))
                + ".\n";
    }
}
