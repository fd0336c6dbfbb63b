package io.chaski.benchmarks.pairing;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How long it takes 10, 30 and 60 nodes with four topics to pair through one root and to form one component per topic,
 * and whether the topics outlive the root.
 */
public final class PairingBenchmark {

    /** Those that the forerunner's figures are known for. */
    public static final List<Integer> SIZES = List.of(10, 30, 60);

    /** Several topics, so that the members of one are strangers among the nodes a root knows. */
    static final int TOPICS = 4;

    private final List<Integer> sizes;
    private final int rounds;
    private final Measuring measuring;
    private boolean failed;

    /** How a run comes to its result. */
    @FunctionalInterface
    interface Measuring {

        /**
         * Measures.
         *
         * @param size number of nodes beside the root
         * @throws PairingFailedException if the nodes do not find each other, or lose each other with the root
         */
        PairingRun.Result measure(int size, Arrival arrival) throws InterruptedException;
    }

    /**
     * What will be measured.
     *
     * @param measuring of each run, with real nodes unless it is a test
     */
    PairingBenchmark(List<Integer> sizes, int rounds, Measuring measuring) {
        this.sizes = List.copyOf(sizes);
        this.rounds = rounds;
        this.measuring = measuring;
    }

    /**
     * What will be measured.
     *
     * @param sizes numbers of nodes beside the root, each at least {@value #TOPICS}
     * @param rounds how often each is repeated, 1 or more
     */
    public static PairingBenchmark of(List<Integer> sizes, int rounds) {
        return new PairingBenchmark(sizes, rounds, PairingBenchmark::pair);
    }

    private static PairingRun.Result pair(int size, Arrival arrival) throws InterruptedException {
        try (PairingRun run = new PairingRun(size, TOPICS)) {
            return run.measure(arrival);
        }
    }

    /**
     * Measures. The first runs meet code that is not compiled yet, as a program that has just started does.
     *
     * @return a Markdown table: median (minimum-maximum) of the rounds that went well, in milliseconds since the first
     *     start, and how many did not; why they did not is printed
     */
    public String run() throws InterruptedException {
        MarkdownTable table = new MarkdownTable(
                "nodes",
                "started, ms",
                "all paired, ms",
                "one component per topic, ms",
                "all heard after the root's end, ms",
                "failed");
        for (int size : sizes) {
            addRow(table, size, Arrival.ONE_BY_ONE);
            addRow(table, size, Arrival.AT_ONCE);
        }
        return table.toString();
    }

    /** Whether one of the runs failed. */
    public boolean hasFailed() {
        return failed;
    }

    private void addRow(MarkdownTable table, int size, Arrival arrival) throws InterruptedException {
        List<PairingRun.Result> results = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            try {
                results.add(measuring.measure(size, arrival));
            } catch (PairingFailedException failure) { // the other runs are worth no less
                failed = true;
                System.err.println(size + ", " + arrival.label() + ": " + failure.getMessage());
            }
        }
        table.row(
                size + ", " + arrival.label(),
                print(results, PairingRun.Result::startedNanos),
                print(results, PairingRun.Result::pairedNanos),
                print(results, PairingRun.Result::joinedNanos),
                print(results, PairingRun.Result::heardNanos),
                rounds - results.size() + " of " + rounds);
    }

    private static String print(List<PairingRun.Result> results, ToLongFunction<PairingRun.Result> nanos) {
        if (results.isEmpty()) {
            return "-";
        }
        return Spread.of(results.stream()
                        .map(result -> nanos.applyAsLong(result) / 1e6)
                        .toList())
                .print(Spread::threeDigits);
    }
}
