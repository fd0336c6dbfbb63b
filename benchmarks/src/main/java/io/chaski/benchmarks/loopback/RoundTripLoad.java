package io.chaski.benchmarks.loopback;

import java.time.Duration;

/** Calls, one at a time, and checks each answer. */
final class RoundTripLoad implements Load {

    private final Contestant.RoundTrip way;
    private final int bytes;
    private final Latencies latencies = new Latencies();
    private long called;

    /**
     * No calls yet.
     *
     * @param way over it
     * @param bytes size of each request and each answer
     */
    RoundTripLoad(Contestant.RoundTrip way, int bytes) {
        this.way = way;
        this.bytes = bytes;
    }

    @Override
    public Phase run(Duration duration) throws Exception {
        latencies.clear();
        long firstCalled = called;
        long beganCpuNanos = Phase.processCpuNanos();
        long beganNanos = System.nanoTime();
        long nowNanos = beganNanos;
        while (nowNanos - beganNanos < duration.toNanos() && !latencies.isFull()) {
            byte[] request = new byte[bytes];
            Numbered.write(request, called);
            byte[] answer = way.call(request);
            check(answer);
            called++;
            long thenNanos = System.nanoTime();
            latencies.add(thenNanos - nowNanos);
            nowNanos = thenNanos;
        }
        long nanos = nowNanos - beganNanos;
        long cpuNanos = Phase.processCpuNanos() - beganCpuNanos;
        return new Phase(called - firstCalled, nanos, cpuNanos, latencies.percentile(0.5), latencies.percentile(0.99));
    }

    private void check(byte[] answer) {
        if (answer.length != bytes || Numbered.read(answer) != called || Numbered.end(answer) != (byte) called) {
            throw new IllegalStateException("a wrong answer to call " + called);
        }
    }
}
