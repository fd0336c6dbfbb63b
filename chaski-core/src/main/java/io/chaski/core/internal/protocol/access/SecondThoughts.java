package io.chaski.core.internal.protocol.access;

import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.security.policy.AccessRules;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Has everything decided again when an application's policy has failed or was slow: after {@link AccessRules#APPLICATION_RETRY},
 * and after pauses that double up to {@link #MAX_PAUSE} while it goes on like that. Meanwhile the answers stand, so a policy that is
 * always slow holds up the loop once for each question and pause, and one that fails once does so for a second. Confined to the
 * node's event loop.
 */
final class SecondThoughts {

    /** A policy that has failed for a minute is asked no more often than an operator would look. */
    static final Duration MAX_PAUSE = Duration.ofMinutes(1);

    private final Timers.Timer timer;
    private final LongSupplier nowNanos;
    private long pauseNanos;
    private long firedNanos;

    /**
     * No doubts yet.
     *
     * @param timers of the node
     * @param nowNanos its monotonic clock
     * @param again decides everything again
     */
    SecondThoughts(Timers timers, LongSupplier nowNanos, Runnable again) {
        this.nowNanos = nowNanos;
        this.timer = timers.timer(() -> {
            firedNanos = nowNanos.getAsLong();
            again.run();
        });
    }

    /** Something was decided that may be decided otherwise later. */
    void onUnsure() {
        if (timer.isArmed()) {
            return;
        }
        long now = nowNanos.getAsLong();
        boolean goesOn = pauseNanos > 0 && now - firedNanos < pauseNanos;
        pauseNanos = goesOn ? Math.min(2 * pauseNanos, MAX_PAUSE.toNanos()) : AccessRules.APPLICATION_RETRY.toNanos();
        timer.armAt(now + pauseNanos);
    }
}
