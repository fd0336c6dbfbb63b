package io.chaski.benchmarks;

import io.chaski.benchmarks.costs.CostsBenchmark;
import io.chaski.benchmarks.files.FilesBenchmark;
import io.chaski.benchmarks.loopback.LoopbackBenchmark;
import io.chaski.benchmarks.pairing.PairingBenchmark;
import io.chaski.benchmarks.parts.PartsBenchmark;
import io.chaski.benchmarks.tls.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line: {@code mvn -q -Pbenchmark} runs everything,
 * {@code mvn -q -Pbenchmark -Dbenchmark.arguments="loopback --rounds 5 --seconds 5"} one of them. Prints the machine and
 * a Markdown table each. Ends with 1 if somebody failed.
 */
public final class Benchmarks {

    private boolean failed;

    private Benchmarks() {}

    /**
     * Measures.
     *
     * @param arguments see {@link BenchmarkOptions#USAGE}
     */
    public static void main(String[] arguments) throws Exception {
        BenchmarkOptions options;
        try {
            options = BenchmarkOptions.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + System.lineSeparator() + BenchmarkOptions.USAGE);
            System.exit(2);
            return;
        }
        Benchmarks benchmarks = new Benchmarks();
        System.out.println(Machine.describe());
        for (BenchmarkOptions.Subject subject : options.subjects()) {
            System.out.println(benchmarks.measure(subject, options));
        }
        if (benchmarks.failed) {
            System.exit(1);
        }
    }

    private String measure(BenchmarkOptions.Subject subject, BenchmarkOptions options) throws Exception {
        return switch (subject) {
            case PAIRING -> {
                List<Integer> sizes =
                        options.nodes().isPresent() ? List.of(options.nodes().getAsInt()) : PairingBenchmark.SIZES;
                yield PairingBenchmark.of(sizes, options.rounds()).run();
            }
            case LOOPBACK -> run(LoopbackBenchmark.of(options.rounds(), options.span()));
            case STREAMS -> run(LoopbackBenchmark.streams(options.rounds(), options.span()));
            case CHAIN -> run(LoopbackBenchmark.chain(options.rounds(), options.span()));
            case CALLS -> run(LoopbackBenchmark.calls(options.rounds(), options.span()));
            case TLS -> measureTls(options);
            case COSTS -> CostsBenchmark.of(options.rounds()).run();
            case PARTS ->
                PartsBenchmark.of(
                                options.rounds(),
                                options.span().warmUp(),
                                options.span().measured())
                        .run();
            case FILES ->
                FilesBenchmark.of(options.mebibytes(), options.rounds()).run();
        };
    }

    private String measureTls(BenchmarkOptions options) throws Exception {
        Path directory = Files.createTempDirectory("chaski-benchmark");
        Identities identities = Identities.makeAll(directory);
        try {
            StringBuilder tables = new StringBuilder();
            for (LoopbackBenchmark benchmark : LoopbackBenchmark.tls(options.rounds(), options.span(), identities)) {
                tables.append(run(benchmark)).append(System.lineSeparator());
            }
            return tables.toString();
        } finally {
            identities.delete();
            Files.delete(directory);
        }
    }

    private String run(LoopbackBenchmark benchmark) throws IOException, InterruptedException {
        String table = benchmark.run();
        failed |= benchmark.hasFailed();
        return table;
    }
}
