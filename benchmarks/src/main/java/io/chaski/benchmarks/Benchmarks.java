package io.chaski.benchmarks;

import io.chaski.benchmarks.loopback.LoopbackBenchmark;
import io.chaski.benchmarks.pairing.PairingBenchmark;
import java.util.List;

/**
 * The command line: {@code mvn -q -Pbenchmark} runs everything,
 * {@code mvn -q -Pbenchmark -Dbenchmark.arguments="loopback --rounds 5 --seconds 5"} one of them. Prints the machine and
 * a Markdown table each.
 */
public final class Benchmarks {

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
        System.out.println(Machine.describe());
        if (options.pairing()) {
            PairingBenchmark pairing = options.nodes().isPresent()
                    ? PairingBenchmark.of(List.of(options.nodes().getAsInt()), options.rounds())
                    : PairingBenchmark.of(PairingBenchmark.SIZES, options.rounds());
            System.out.println(pairing.run());
        }
        if (options.loopback()) {
            System.out.println(
                    LoopbackBenchmark.of(options.rounds(), options.duration()).run());
        }
    }
}
