package io.chaski.core.internal.protocol.tree;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whether a message is one that has come before: alone, without the rest of its way. Not thread-safe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SeqSetBenchmark {

    /** Messages at a time. */
    public static final int MESSAGES = 1 << 10;

    private SeqSet received = new SeqSet(0);
    private long last;

    /** Begins anew. */
    @Setup
    public void setUp() {
        received = new SeqSet(0);
        last = 0;
    }

    /** Numbers in order, each of which comes twice; returns up to where all have come. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long inOrderTwice() {
        for (int i = 0; i < MESSAGES; i++) {
            take(++last);
            take(last);
        }
        return received.floor();
    }

    /** As if two ways had taken half of the messages each and one were late by eight; returns up to where all have come. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long outOfOrder() {
        for (int i = 0; i < MESSAGES; i += 16) {
            for (int odd = 1; odd < 16; odd += 2) {
                take(last + odd);
            }
            for (int even = 2; even <= 16; even += 2) {
                take(last + even);
            }
            last += 16;
        }
        return received.floor();
    }

    private void take(long number) {
        if (!received.contains(number)) {
            received.add(number, 0);
        }
    }
}
