package io.chaski.core.internal.runtime;

import io.chaski.core.HybridTimestamp;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Hybrid logical clock (Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks", 2014): never
 * behind the wall clock, never behind anything it has seen, and one number. A timestamp too far in the future is not
 * believed, or one node with a wrong clock would pull all others along. Thread-safe.
 */
final class HybridClock {

    /** Machines that keep time at all are closer than this. */
    static final Duration MAX_DRIFT = Duration.ofMinutes(5);

    private static final int COUNTER_BITS = 16;

    private final LongSupplier wallMillis;

    /** Milliseconds and counter packed, so that the next timestamp after any is this number plus one. */
    private final AtomicLong last = new AtomicLong();

    HybridClock(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /** A timestamp later than every earlier one, packed as in {@link HybridTimestamp#packed()}. */
    long next() {
        long wall = wall();
        // A counter that overflows carries into the milliseconds, which is what the paper's bound allows.
        return last.updateAndGet(before -> Math.max(before + 1, wall));
    }

    /**
     * Takes notice of somebody else's timestamp.
     *
     * @param packed as it arrived
     * @return how far it is ahead of the wall clock in milliseconds, negative if behind; beyond {@link #MAX_DRIFT} ahead it
     *     was not believed
     */
    long observe(long packed) {
        long wall = wall();
        long aheadMillis = (packed >>> COUNTER_BITS) - (wall >>> COUNTER_BITS);
        if (aheadMillis <= MAX_DRIFT.toMillis()) {
            last.accumulateAndGet(packed, Math::max);
        }
        return aheadMillis;
    }

    private long wall() {
        return wallMillis.getAsLong() << COUNTER_BITS;
    }
}
