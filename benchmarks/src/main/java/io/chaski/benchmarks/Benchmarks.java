package io.chaski.benchmarks;

import io.chaski.benchmarks.BenchmarkOptions.Subject;
import io.chaski.benchmarks.costs.CostsBenchmark;
import io.chaski.benchmarks.files.FilesBenchmark;
import io.chaski.benchmarks.loopback.LoopbackBenchmark;
import io.chaski.benchmarks.loopback.Setup;
import io.chaski.benchmarks.loopback.Span;
import io.chaski.benchmarks.pairing.PairingBenchmark;
import io.chaski.benchmarks.parts.PartsBenchmark;
import io.chaski.benchmarks.tls.Identities;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The command line: {@code mvn -q -Pbenchmark} runs everything,
 * {@code mvn -q -Pbenchmark -Dbenchmark.arguments="loopback --rounds 5 --seconds 5"} one of them. Prints the machine and
 * a Markdown table each. What fails does not keep the others from being measured. Ends with 1 if something failed or a message was
 * lost. Confined to one thread.
 */
public final class Benchmarks {

    private final PrintStream out;
    private final String machine;
    private boolean failed;

    /**
     * Nothing measured.
     *
     * @param out told the tables, and what failed
     * @param machine stands above each table
     */
    Benchmarks(PrintStream out, String machine) {
        this.out = out;
        this.machine = machine;
    }

    /** Part of the work, which may fail. */
    @FunctionalInterface
    interface Attempt {
        void run() throws Exception;
    }

    /**
     * Measures.
     *
     * @param arguments see {@link #usage}
     */
    public static void main(String[] arguments) throws InterruptedException {
        BenchmarkOptions options;
        try {
            options = BenchmarkOptions.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + System.lineSeparator() + usage());
            System.exit(2);
            return;
        }
        Benchmarks benchmarks = new Benchmarks(System.out, Machine.describe());
        for (Subject subject : options.subjects()) {
            benchmarks.attempt(subject.word(), () -> benchmarks.measure(subject, options));
        }
        if (benchmarks.hasFailed()) {
            System.exit(1);
        }
    }

    /** Whether something failed so far. */
    boolean hasFailed() {
        return failed;
    }

    /**
     * Tries to do a part of the work, and says why it has failed if it has.
     *
     * @param what for people
     */
    void attempt(String what, Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
        } catch (InterruptedException end) {
            throw end;
        } catch (Exception e) { // whatever a subject throws: the others' figures are worth no less
            failed = true;
            e.printStackTrace();
            out.println("Failed: " + what + ", " + e);
        }
    }

    private void measure(Subject subject, BenchmarkOptions options) throws Exception {
        int rounds = options.rounds();
        String words = options.describe(subject);
        switch (subject) {
            case PAIRING -> {
                List<Integer> sizes =
                        options.nodes().isPresent() ? List.of(options.nodes().getAsInt()) : PairingBenchmark.SIZES;
                PairingBenchmark benchmark = PairingBenchmark.of(sizes, rounds);
                print(subject.word(), words, benchmark.run());
                failed |= benchmark.hasFailed();
            }
            case LOOPBACK, STREAMS, CHAIN, CALLS -> run(subject, options, List.of());
            case TLS -> {
                try (TemporaryFolder folder = TemporaryFolder.make("chaski-benchmark")) {
                    run(
                            subject,
                            options,
                            List.of(Identities.makeAll(folder.path()).flag()));
                }
            }
            case FILES -> {
                FilesBenchmark benchmark = FilesBenchmark.of(options.mebibytes(), rounds);
                print(subject.word(), words, benchmark.run());
                failed |= benchmark.hasFailed();
            }
            case COSTS -> print(subject.word(), words, CostsBenchmark.of(rounds).run());
            case PARTS -> {
                Span span = options.span(subject);
                PartsBenchmark benchmark = PartsBenchmark.of(rounds, span.warmUp(), span.measured());
                print(subject.word(), words, benchmark.run());
            }
        }
    }

    private void run(Subject subject, BenchmarkOptions options, List<String> flags) throws InterruptedException {
        for (LoopbackBenchmark benchmark : processes(subject, options, flags)) {
            attempt(benchmark.title(), () -> {
                print(benchmark.title(), options.describe(subject), benchmark.run());
                failed |= benchmark.hasFailed();
            });
        }
    }

    /**
     * Prints what was measured, ready for a document.
     *
     * @param title heading
     * @param words with which it is measured in the same way
     */
    void print(String title, String words, String tables) {
        out.print("### " + title + "\n\n" + machine + ", `" + words + "`\n\n" + tables.stripTrailing() + "\n\n");
    }

    /** What a subject measures by processes, but for what none of those measures himself in who are wanted; none for the others. */
    static List<LoopbackBenchmark> processes(Subject subject, BenchmarkOptions options, List<String> flags) {
        Setup setup = options.setup(subject);
        List<LoopbackBenchmark> all = switch (subject) {
            case LOOPBACK -> List.of(LoopbackBenchmark.of(setup));
            case STREAMS -> List.of(LoopbackBenchmark.streams(setup));
            case CHAIN -> List.of(LoopbackBenchmark.chain(setup));
            case CALLS -> List.of(LoopbackBenchmark.calls(setup));
            case TLS -> LoopbackBenchmark.tls(setup, flags);
            case PAIRING, FILES, COSTS, PARTS -> List.of();
        };
        return all.stream().filter(benchmark -> !benchmark.length().isZero()).toList();
    }

    /** What may be said on the command line, and how long that takes which takes long. */
    static String usage() {
        BenchmarkOptions defaults = BenchmarkOptions.parse(List.of());
        return defaults.subjects().stream()
                .map(subject -> {
                    long seconds = processes(subject, defaults, List.of()).stream()
                            .mapToLong(benchmark -> benchmark.length().toSeconds())
                            .sum();
                    return seconds == 0 ? "" : "\n  " + subject.word() + " " + Math.round(seconds / 60.0) + " minutes";
                })
                .collect(Collectors.joining("", BenchmarkOptions.USAGE, ""));
    }
}
