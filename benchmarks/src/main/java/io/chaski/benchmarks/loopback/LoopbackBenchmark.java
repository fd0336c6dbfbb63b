package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.Spread;
import io.chaski.benchmarks.tls.Identities;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Two processes on loopback: messages a second one way, and the time of a round trip, beside raw Netty. Contestants
 * take turns, so that whatever else the machine does meets all of them.
 */
public final class LoopbackBenchmark {

    /** The same for every contestant: a heap whose pages the system has given before, and no leak detection. */
    private static final List<String> FLAGS =
            List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-Dio.netty.leakDetection.level=disabled");

    private final List<Workload> workloads;
    private final List<Contestants> contestants;
    private final int rounds;
    private final Span span;
    private final List<String> flags;

    LoopbackBenchmark(
            List<Workload> workloads, List<Contestants> contestants, int rounds, Span span, List<String> flags) {
        this.workloads = workloads;
        this.contestants = contestants;
        this.rounds = rounds;
        this.span = span;
        this.flags = flags;
    }

    /**
     * One node and another, and calls between them.
     *
     * @param rounds how often each cell is repeated, 1 or more
     * @param span of one measurement and of its warm-up
     */
    public static LoopbackBenchmark of(int rounds, Span span) {
        return new LoopbackBenchmark(
                List.of(Workload.ONE_WAY_64, Workload.ONE_WAY_1K, Workload.ONE_WAY_64K, Workload.ROUND_TRIP_1K),
                Contestants.NODES,
                rounds,
                span,
                FLAGS);
    }

    /**
     * One publisher, and one or eight subscribers.
     *
     * @param rounds how often each cell is repeated, 1 or more
     * @param span of one measurement and of its warm-up
     */
    public static LoopbackBenchmark streams(int rounds, Span span) {
        List<Workload> workloads =
                Arrays.stream(Workload.values()).filter(Workload::isOneWay).toList();
        return new LoopbackBenchmark(workloads, Contestants.PUBLISHERS, rounds, span, FLAGS);
    }

    /**
     * Calls of a method, one at a time and 64 at a time.
     *
     * @param rounds how often each cell is repeated, 1 or more
     * @param span of one measurement and of its warm-up
     */
    public static LoopbackBenchmark calls(int rounds, Span span) {
        return new LoopbackBenchmark(
                List.of(Workload.CALLS_1, Workload.CALLS_64), Contestants.CALLERS, rounds, span, FLAGS);
    }

    /**
     * What TLS costs: handshakes, and messages with it and without.
     *
     * @param rounds how often each cell is repeated, 1 or more
     * @param span of one measurement and of its warm-up
     * @param identities of those who encrypt
     * @param isNativeThere whether the native library can be loaded
     * @return two benchmarks, to be run one after the other
     */
    public static List<LoopbackBenchmark> tls(int rounds, Span span, Identities identities, boolean isNativeThere) {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.add(identities.flag());
        return List.of(
                new LoopbackBenchmark(
                        List.of(Workload.HANDSHAKES_4),
                        usable(Contestants.HANDSHAKES, isNativeThere),
                        rounds,
                        span,
                        flags),
                new LoopbackBenchmark(
                        List.of(Workload.ONE_WAY_64, Workload.ONE_WAY_1K, Workload.ROUND_TRIP_1K),
                        usable(Contestants.ENCRYPTED, isNativeThere),
                        rounds,
                        span,
                        flags));
    }

    private static List<Contestants> usable(List<Contestants> contestants, boolean isNativeThere) {
        return contestants.stream()
                .filter(contestant -> isNativeThere || !contestant.needsNativeTls())
                .toList();
    }

    /**
     * Measures.
     *
     * @return a Markdown table, see {@link ResultTable}
     * @throws IllegalStateException if a process fails or messages stop arriving
     */
    public String run() throws IOException, InterruptedException {
        ResultTable table = new ResultTable(contestants);
        for (Workload workload : workloads) {
            table.add(workload, measure(workload));
        }
        return table.toString();
    }

    private Map<Contestants, List<Cell.Result>> measure(Workload workload) throws IOException, InterruptedException {
        Map<Contestants, List<Cell.Result>> results = new EnumMap<>(Contestants.class);
        for (int round = 0; round < rounds; round++) {
            for (Contestants contestant : contestants) {
                Cell.Result result = new Cell(workload, contestant, span, flags).run();
                System.err.println("round " + (round + 1) + ", " + workload.label() + ", " + contestant.label() + ": "
                        + (result.isLossless() ? Spread.threeDigits(result.operationsPerSecond()) + "/s" : "lossy"));
                results.computeIfAbsent(contestant, unused -> new ArrayList<>()).add(result);
            }
        }
        return results;
    }
}
