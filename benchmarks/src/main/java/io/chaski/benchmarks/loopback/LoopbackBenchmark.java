package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** What all contestants are called, in the order of the tables. */
    public static final Set<String> CONTESTANTS = Arrays.stream(Contestants.values())
            .map(Contestants::label)
            .collect(Collectors.collectingAndThen(
                    Collectors.toCollection(LinkedHashSet::new), Collections::unmodifiableSet));

    private final String title;
    private final List<Workload> workloads;
    private final List<Contestants> contestants;
    private final Contestants limit;
    private final Setup setup;
    private final List<String> flags;
    private final Measuring measuring;

    /** Who failed or lost something in which cell, and why or how much. */
    private final List<String> failures = new ArrayList<>();

    /** How a cell comes to its result. */
    @FunctionalInterface
    interface Measuring {

        /**
         * Measures.
         *
         * @throws IllegalStateException if a process ends or is silent for too long
         */
        Cell.Result measure(Cell cell) throws IOException, InterruptedException;
    }

    LoopbackBenchmark(
            String title, List<Workload> workloads, List<Contestants> contestants, Setup setup, List<String> flags) {
        this(title, workloads, contestants, setup, flags, Cell::run);
    }

    /**
     * What will be measured.
     *
     * @param title for people
     * @param contestants the first one is the limit of those who name no other, whether it can take part or not
     * @param measuring of each cell, by processes unless it is a test
     */
    LoopbackBenchmark(
            String title,
            List<Workload> workloads,
            List<Contestants> contestants,
            Setup setup,
            List<String> flags,
            Measuring measuring) {
        this.title = title;
        this.measuring = measuring;
        this.workloads = workloads;
        this.limit = contestants.get(0);
        this.contestants = contestants.stream().filter(setup::wants).toList();
        this.setup = setup;
        this.flags = flags;
    }

    /**
     * One node and another, and calls between them.
     *
     * @param setup how each cell is measured
     */
    public static LoopbackBenchmark of(Setup setup) {
        return new LoopbackBenchmark(
                "loopback",
                List.of(Workload.ONE_WAY_64, Workload.ONE_WAY_1K, Workload.ONE_WAY_64K, Workload.ROUND_TRIP_1K),
                Contestants.NODES,
                setup,
                FLAGS);
    }

    /**
     * One publisher, and one or eight subscribers.
     *
     * @param setup how each cell is measured
     */
    public static LoopbackBenchmark streams(Setup setup) {
        List<Workload> workloads = Arrays.stream(Workload.values())
                .filter(workload -> workload.isOneWay() && !workload.hasRelay())
                .toList();
        return new LoopbackBenchmark("streams", workloads, Contestants.PUBLISHERS, setup, FLAGS);
    }

    /**
     * Messages from one node to another, and over a third one between them.
     *
     * @param setup how each cell is measured
     */
    public static LoopbackBenchmark chain(Setup setup) {
        return new LoopbackBenchmark(
                "chain",
                List.of(Workload.ONE_WAY_64, Workload.CHAIN_64, Workload.ONE_WAY_1K, Workload.CHAIN_1K),
                Contestants.RELAYS,
                setup,
                FLAGS);
    }

    /**
     * Calls of a method, one at a time and 64 at a time.
     *
     * @param setup how each cell is measured
     */
    public static LoopbackBenchmark calls(Setup setup) {
        return new LoopbackBenchmark(
                "calls", List.of(Workload.CALLS_1, Workload.CALLS_64), Contestants.CALLERS, setup, FLAGS);
    }

    /**
     * What TLS costs: handshakes, and messages with it and without.
     *
     * @param setup how each cell is measured
     * @param identities flags by which the processes of those who encrypt find theirs
     * @return benchmarks, to be run one after the other
     */
    public static List<LoopbackBenchmark> tls(Setup setup, List<String> identities) {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.addAll(identities);
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
                new LoopbackBenchmark(
                        "tls: handshakes", List.of(Workload.HANDSHAKES_4), Contestants.HANDSHAKES, setup, flags),
                new LoopbackBenchmark(
                        "tls: messages, engine of the JDK", messages, Contestants.ENCRYPTED, setup, flags),
                new LoopbackBenchmark(
                        "tls: messages, native engine", messages, Contestants.ENCRYPTED_NATIVELY, setup, flags),
                new LoopbackBenchmark(
                        "tls: calls, engine of the JDK", calls, Contestants.ENCRYPTED_CALLERS, setup, flags),
                new LoopbackBenchmark(
                        "tls: calls, native engine", calls, Contestants.NATIVELY_ENCRYPTED_CALLERS, setup, flags));
    }

    /** About how long {@link #run} takes if nobody lacks something or fails: without the start of the processes. */
    public Duration length() {
        long cells = workloads.stream()
                .mapToLong(workload -> contestants.stream()
                        .filter(contestant -> contestant.can(workload))
                        .count())
                .sum();
        return setup.span().warmUp().plus(setup.span().measured()).multipliedBy(cells * setup.rounds());
    }

    /** What stands above its table. */
    public String title() {
        return title;
    }

    /**
     * Measures. Once.
     *
     * @return Markdown tables, see {@link ResultTable} and {@link ProfileTable}, and above them who is not in them and who failed,
     *     and why
     */
    public String run() throws IOException, InterruptedException {
        if (setup.profiles().isPresent()) {
            Files.createDirectories(setup.profiles().get());
        }
        List<Contestants> present = contestants.stream()
                .filter(contestant -> contestant.lacks().isEmpty())
                .toList();
        StringBuilder result = new StringBuilder();
        for (Contestants contestant : contestants) {
            contestant
                    .lacks()
                    .ifPresent(reason -> result.append("Left out: " + contestant.label() + ", " + reason + "\n\n"));
        }
        if (present.isEmpty()) {
            return result.toString();
        }
        ResultTable table = new ResultTable(present, limit);
        ProfileTable threads = new ProfileTable();
        for (Workload workload : workloads) {
            Map<Contestants, List<Cell.Result>> results = measure(
                    workload,
                    present.stream()
                            .filter(contestant -> contestant.can(workload))
                            .toList());
            table.add(workload, results);
            threads.add(workload, results);
        }
        for (String failure : failures) {
            result.append("Failed: " + failure + "\n\n");
        }
        result.append(table);
        if (setup.profiles().isPresent()) {
            result.append("\nWhat the threads of each process took for an operation:\n\n")
                    .append(threads);
        }
        return result.toString();
    }

    /** Whether in one of the cells a process failed, messages stopped arriving, or one of them was lost or broken. */
    public boolean hasFailed() {
        return !failures.isEmpty();
    }

    /**
     * Results of all rounds of those who did not fail in any of them; who failed is not tried again, as that takes minutes. Who lost
     * something goes on: how often it does is worth to be known.
     */
    private Map<Contestants, List<Cell.Result>> measure(Workload workload, List<Contestants> contestants)
            throws IOException, InterruptedException {
        Map<Contestants, List<Cell.Result>> results = new EnumMap<>(Contestants.class);
        for (Contestants contestant : contestants) {
            results.put(contestant, new ArrayList<>());
        }
        List<Contestants> turns = new ArrayList<>(contestants);
        for (int round = 1; round <= setup.rounds(); round++) {
            for (Contestants contestant : turns) {
                List<Cell.Result> soFar = results.get(contestant);
                if (soFar == null) {
                    continue;
                }
                String where = "round " + round + ", " + workload.label() + ", " + contestant.label() + ": ";
                try {
                    Cell.Result result = measuring.measure(cell(workload, contestant, round));
                    if (result.isLossless()) {
                        System.err.println(where + Spread.threeDigits(result.operationsPerSecond()) + "/s");
                    } else {
                        fail(where + result.losses());
                    }
                    soFar.add(result);
                } catch (IllegalStateException failed) { // the others' figures are worth no less
                    fail(where + failed.getMessage());
                    results.remove(contestant);
                }
            }
            Collections.rotate(turns, -1); // nobody always follows the same one, on a machine that is slow for minutes
        }
        return results;
    }

    private Cell cell(Workload workload, Contestants contestant, int round) {
        return new Cell(
                workload,
                contestant,
                setup.span(),
                flags,
                setup.profiles().map(directory -> new Recording(directory, round)));
    }

    private void fail(String what) {
        System.err.println(what);
        failures.add(what);
    }
}
