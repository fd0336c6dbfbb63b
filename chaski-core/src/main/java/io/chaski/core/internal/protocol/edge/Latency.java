package io.chaski.core.internal.protocol.edge;

import io.chaski.core.NodeSnapshot;
import java.time.Duration;

/**
 * Round-trip times of one edge: smoothed value and variation after RFC 6298, section 2, with its gains of 1/8 and 1/4.
 * Confined to the node's event loop.
 */
final class Latency {

    private static final int SMOOTHING = 8;
    private static final int VARIATION = 4;

    private long samples;
    private long smoothedNanos;
    private long variationNanos;
    private long minimumNanos;
    private long lastNanos;

    void add(long rttNanos) {
        if (samples == 0) {
            smoothedNanos = rttNanos;
            variationNanos = rttNanos / 2;
            minimumNanos = rttNanos;
        } else {
            long error = rttNanos - smoothedNanos;
            variationNanos += (Math.abs(error) - variationNanos) / VARIATION;
            smoothedNanos += error / SMOOTHING;
            minimumNanos = Math.min(minimumNanos, rttNanos);
        }
        lastNanos = rttNanos;
        samples++;
    }

    void reset() {
        samples = 0;
        smoothedNanos = 0;
        variationNanos = 0;
        minimumNanos = 0;
        lastNanos = 0;
    }

    /** 0 before the first measurement. */
    long smoothedNanos() {
        return smoothedNanos;
    }

    NodeSnapshot.Latency snapshot() {
        return new NodeSnapshot.Latency(
                samples,
                Duration.ofNanos(smoothedNanos),
                Duration.ofNanos(variationNanos),
                Duration.ofNanos(minimumNanos),
                Duration.ofNanos(lastNanos));
    }
}
