package io.chaski.benchmarks.loopback;

import java.time.Duration;

/**
 * What the sending side did for a while. Immutable.
 *
 * @param operations messages that were sent and have arrived, or calls that were answered
 * @param nanos how long it took, the last arrival included
 * @param cpuNanos processor time of the sending process meanwhile
 * @param p50Nanos half of the calls took no longer; 0 without calls
 * @param p99Nanos 99 of 100 calls took no longer; 0 without calls
 * @param missing calls that were not answered; the receiving side knows which messages are missing
 * @param broken calls with a wrong answer; the receiving side knows which messages are broken
 */
record Phase(long operations, long nanos, long cpuNanos, long p50Nanos, long p99Nanos, long missing, long broken) {

    /** Processor time of the processes that this one has started. */
    static long childrenCpuNanos() {
        return ProcessHandle.current()
                .children()
                .mapToLong(child ->
                        child.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
                .sum();
    }

    String toLine() {
        return operations + " " + nanos + " " + cpuNanos + " " + p50Nanos + " " + p99Nanos + " " + missing + " "
                + broken;
    }

    static Phase ofLine(String line) {
        long[] numbers = SideProcess.numbers(line);
        return new Phase(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }
}
