package io.chaski.core.internal.runtime;

import java.util.concurrent.atomic.AtomicLong;

/** Lets something happen at most once per interval, such as a line in the log that a peer could provoke. Thread-safe. */
final class Pace {

    private final long intervalNanos;
    private final AtomicLong nextNanos;

    /**
     * The first time is always granted.
     *
     * @param intervalNanos at least 1
     * @param nowNanos the time
     */
    Pace(long intervalNanos, long nowNanos) {
        this.intervalNanos = intervalNanos;
        this.nextNanos = new AtomicLong(nowNanos);
    }

    /**
     * Whether it may happen now; if so, it counts as having happened.
     *
     * @param nowNanos the time
     */
    boolean isDue(long nowNanos) {
        long next = nextNanos.get();
        return nowNanos - next >= 0 && nextNanos.compareAndSet(next, nowNanos + intervalNanos);
    }
}
