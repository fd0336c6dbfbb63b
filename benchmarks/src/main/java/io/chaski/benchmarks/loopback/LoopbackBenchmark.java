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
 * take turns, so that whatever else the machine does meets all of them. Not thread-safe.
 */
public final class LoopbackBenchmark {

    /** Netty's own switch, to be followed by its value: a node takes epoll where it finds it. */
    static final String WITHOUT_NATIVE_TRANSPORT = "-Dio.netty.transport.noNative=";

    /**
     * The same for every contestant: a heap whose pages the system has given before, and which is large enough that Netty does not
     * take the machine for a small one (up to 512 MiB it gives event loops no buffers of their own), no leak detection, and no epoll but
     * for those who are about it.
     */
    private static final List<String> FLAGS = List.of(
            "-Xms768m",
            "-Xmx768m",
            "-XX:+AlwaysPreTouch",
            "-Dio.netty.leakDetection.level=disabled",
            WITHOUT_NATIVE_TRANSPORT + "true");

    private final List<Workload> workloads;
    private final List<Contestants> wanted;
    private final int rounds;
    private final Span span;
    private final List<String> flags;

    /** Who failed in which cell, and why. */
    private final List<String> failures = new ArrayList<>();

    LoopbackBenchmark(
            List<Workload> workloads, List<Contestants> contestants, int rounds, Span span, List<String> flags) {
        this.workloads = workloads;
        this.wanted = contestants;
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
        List<Workload> workloads = Arrays.stream(Workload.values())
                .filter(workload -> workload.isOneWay() && !workload.hasRelay())
                .toList();
        return new LoopbackBenchmark(workloads, Contestants.PUBLISHERS, rounds, span, FLAGS);
    }

    /**
     * Messages from one node to another, and over a third one between them.
     *
     * @param rounds how often each cell is repeated, 1 or more
     * @param span of one measurement and of its warm-up
     */
    public static LoopbackBenchmark chain(int rounds, Span span) {
        return new LoopbackBenchmark(
                List.of(Workload.ONE_WAY_64, Workload.CHAIN_64, Workload.ONE_WAY_1K, Workload.CHAIN_1K),
                Contestants.RELAYS,
                rounds,
                span,
                FLAGS);
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
     * @return benchmarks, to be run one after the other
     */
    public static List<LoopbackBenchmark> tls(int rounds, Span span, Identities identities) {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.add(identities.flag());
        List<Workload> messages = List.of(
                Workload.ONE_WAY_64,
                Workload.ONE_WAY_1K,
                Workload.ONE_WAY_64K,
                Workload.TO_EIGHT_64,
                Workload.TO_EIGHT_1K,
                Workload.TO_EIGHT_64K,
                Workload.CHAIN_64,
                Workload.CHAIN_1K,
                Workload.ROUND_TRIP_1K);
        List<Workload> calls = List.of(Workload.CALLS_1, Workload.CALLS_64);
        return List.of(
                new LoopbackBenchmark(List.of(Workload.HANDSHAKES_4), Contestants.HANDSHAKES, rounds, span, flags),
                new LoopbackBenchmark(messages, Contestants.ENCRYPTED, rounds, span, flags),
                new LoopbackBenchmark(messages, Contestants.ENCRYPTED_NATIVELY, rounds, span, flags),
                new LoopbackBenchmark(calls, Contestants.ENCRYPTED_CALLERS, rounds, span, flags),
                new LoopbackBenchmark(calls, Contestants.NATIVELY_ENCRYPTED_CALLERS, rounds, span, flags));
    }

    /**
     * Measures. Once.
     *
     * @return a Markdown table, see {@link ResultTable}, and above it who is not in it and who failed, and why
     */
    public String run() throws IOException, InterruptedException {
        List<Contestants> present = wanted.stream()
                .filter(contestant -> contestant.lacks().isEmpty())
                .toList();
        StringBuilder result = new StringBuilder();
        for (Contestants contestant : wanted) {
            contestant
                    .lacks()
                    .ifPresent(reason -> result.append("Left out: ")
                            .append(contestant.label())
                            .append(", ")
                            .append(reason)
                            .append(System.lineSeparator()));
        }
        if (present.isEmpty()) {
            return result.toString();
        }
        ResultTable table = new ResultTable(present);
        for (Workload workload : workloads) {
            table.add(
                    workload,
                    measure(
                            workload,
                            present.stream()
                                    .filter(contestant -> contestant.can(workload))
                                    .toList()));
        }
        for (String failure : failures) {
            result.append("Failed: ").append(failure).append(System.lineSeparator());
        }
        return result.append(table).toString();
    }

    /** Whether a process failed or messages stopped arriving in one of the cells. */
    public boolean hasFailed() {
        return !failures.isEmpty();
    }

    /** Results of all rounds of those who did not fail in any of them; who failed is not tried again, as that takes minutes. */
    private Map<Contestants, List<Cell.Result>> measure(Workload workload, List<Contestants> contestants)
            throws IOException, InterruptedException {
        Map<Contestants, List<Cell.Result>> results = new EnumMap<>(Contestants.class);
        for (Contestants contestant : contestants) {
            results.put(contestant, new ArrayList<>());
        }
        for (int round = 1; round <= rounds; round++) {
            for (Contestants contestant : contestants) {
                List<Cell.Result> soFar = results.get(contestant);
                if (soFar == null) {
                    continue;
                }
                String cell = "round " + round + ", " + workload.label() + ", " + contestant.label() + ": ";
                try {
                    Cell.Result result = new Cell(workload, contestant, span, flags).run();
                    System.err.println(cell
                            + (result.isLossless()
                                    ? Spread.threeDigits(result.operationsPerSecond()) + "/s"
                                    : "lossy"));
                    soFar.add(result);
                } catch (IllegalStateException failed) { // the others' figures are worth no less
                    System.err.println(cell + failed.getMessage());
                    failures.add(cell + failed.getMessage());
                    results.remove(contestant);
                }
            }
        }
        return results;
    }
}
