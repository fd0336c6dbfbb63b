package io.chaski.core.internal.protocol.topic;

import io.chaski.core.NodeSnapshot.Rates;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How fast the counts of one topic grow: a ring of readings, one a second, so that a message costs nothing here.
 * Confined to the node's event loop.
 */
final class TopicRates {

    /** Long enough to be steady at one message a second, short enough to follow what happens. */
    static final int WINDOW_BEATS = 10;

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** A window has two ends. */
    private static final int READINGS = WINDOW_BEATS + 1;

    private final long[] atNanos = new long[READINGS];
    private final long[] published = new long[READINGS];
    private final long[] delivered = new long[READINGS];

    /** Readings so far; the latest is at this minus one, modulo the size of the ring. */
    private long readings;

    /**
     * Another second has passed.
     *
     * @param nowNanos the time, which may be later than a second after the last reading when the loop is late
     * @param publishedSoFar never less than before
     * @param deliveredSoFar never less than before
     */
    void onBeat(long nowNanos, long publishedSoFar, long deliveredSoFar) {
        int slot = (int) (readings % READINGS);
        atNanos[slot] = nowNanos;
        published[slot] = publishedSoFar;
        delivered[slot] = deliveredSoFar;
        readings++;
    }

    /** The rates between the oldest and the latest reading. */
    Rates rates() {
        if (readings < 2) {
            return Rates.NONE;
        }
        int latest = (int) ((readings - 1) % READINGS);
        int oldest = (int) (Math.max(0, readings - READINGS) % READINGS);
        long windowNanos = atNanos[latest] - atNanos[oldest];
        if (windowNanos <= 0) { // a clock that stands still has no rates
            return Rates.NONE;
        }
        double seconds = windowNanos / NANOS_PER_SECOND;
        return new Rates(
                Duration.ofNanos(windowNanos),
                (published[latest] - published[oldest]) / seconds,
                (delivered[latest] - delivered[oldest]) / seconds);
    }
}
