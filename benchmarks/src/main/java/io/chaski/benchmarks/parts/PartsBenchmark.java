package io.chaski.benchmarks.parts;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import io.chaski.core.internal.protocol.edge.AliasBenchmark;
import io.chaski.core.internal.protocol.tree.CreditBenchmark;
import io.chaski.core.internal.protocol.tree.RelayBenchmark;
import io.chaski.core.internal.protocol.tree.SeqSetBenchmark;
import io.chaski.core.internal.runtime.DeliveryQueueBenchmark;
import io.chaski.core.internal.runtime.InboxBenchmark;
import io.chaski.core.internal.wire.EnvelopeBenchmark;
import io.chaski.core.internal.wire.FrameBenchmark;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Nanoseconds and allocated bytes of each part for a message, by JMH with its profiler of the collector. */
public final class PartsBenchmark {

    /** In the order in which a message meets them; JMH runs and the table has them in that of the alphabet. */
    private static final List<Class<?>> PARTS = List.of(
            EnvelopeBenchmark.class,
            InboxBenchmark.class,
            FrameBenchmark.class,
            AliasBenchmark.class,
            SeqSetBenchmark.class,
            RelayBenchmark.class,
            CreditBenchmark.class,
            DeliveryQueueBenchmark.class);

    /** Of the profiler's results, in bytes. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private static final double LEAST_BYTES = 0.05;

    private final int rounds;
    private final Duration warmUp;
    private final Duration measured;

    private PartsBenchmark(int rounds, Duration warmUp, Duration measured) {
        this.rounds = rounds;
        this.warmUp = warmUp;
        this.measured = measured;
    }

    /**
     * What will be measured.
     *
     * @param rounds how many JVMs measure each part one after the other, 1 or more
     * @param warmUp of each JVM
     * @param measured after that
     */
    public static PartsBenchmark of(int rounds, Duration warmUp, Duration measured) {
        return new PartsBenchmark(rounds, warmUp, measured);
    }

    /**
     * Measures.
     *
     * @return a Markdown table: median (minimum-maximum) of the rounds
     * @throws RunnerException if JMH fails; it was not compiled in, for one
     */
    public String run() throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        PARTS.forEach(part -> options.include("^" + part.getName().replace(".", "\\.") + "\\."));
        Collection<RunResult> results = new Runner(options.forks(rounds)
                        .warmupIterations(1)
                        .warmupTime(TimeValue.milliseconds(warmUp.toMillis()))
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(measured.toMillis()))
                        .jvmArgsAppend("-Xmx256m", "-Dio.netty.leakDetection.level=disabled")
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        MarkdownTable table = new MarkdownTable("part", "ns/op", "B/op");
        results.forEach(result -> table.row(
                name(result.getParams()),
                spread(result, "").print(Spread::threeDigits),
                spread(result, ALLOCATED).print(PartsBenchmark::bytes)));
        return table.toString();
    }

    private static String name(BenchmarkParams parameters) {
        String method = parameters.getBenchmark();
        String[] path = method.split("\\.", -1);
        String part = path[path.length - 2].replace("Benchmark", "") + "." + path[path.length - 1];
        return parameters.getParamsKeys().stream()
                .map(key -> key + " " + parameters.getParam(key))
                .collect(Collectors.joining(", ", part + ": ", ""))
                .replaceFirst(": $", "");
    }

    /** What the JVM itself allocates meanwhile is no part's. */
    private static String bytes(double allocated) {
        return allocated < LEAST_BYTES ? "0" : Spread.threeDigits(allocated);
    }

    /** Of all rounds; without a name it is the time. */
    private static Spread spread(RunResult result, String secondary) {
        return Spread.of(result.getBenchmarkResults().stream()
                .map(round -> secondary.isEmpty()
                        ? round.getPrimaryResult()
                        : round.getSecondaryResults().get(secondary))
                .map(score -> score.getScore())
                .toList());
    }
}
