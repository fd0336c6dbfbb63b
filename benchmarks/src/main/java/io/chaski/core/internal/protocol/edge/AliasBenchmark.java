package io.chaski.core.internal.protocol.edge;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the number in a frame to what is known of its source. Not thread-safe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AliasBenchmark {

    /** As many sources as a busy node has; seen with a constant stride, not one after the other. */
    public static final int SOURCES = 1 << 10;

    /** Odd, so that its multiples come to every source. */
    private static final int STEP = 389;

    private final IncomingAliases<Integer> aliases = new IncomingAliases<>(SOURCES, released -> {});

    /** Gives every source a number. */
    @Setup
    public void setUp() {
        for (int i = 0; i < SOURCES; i++) {
            aliases.put(i, i);
        }
    }

    /** Each source once; returns the sum of what was found. */
    @Benchmark
    @OperationsPerInvocation(SOURCES)
    public long find() {
        long sum = 0;
        for (int i = 0; i < SOURCES; i++) {
            Integer found = aliases.get(i * STEP & SOURCES - 1);
            sum += found == null ? 0 : found;
        }
        return sum;
    }
}
