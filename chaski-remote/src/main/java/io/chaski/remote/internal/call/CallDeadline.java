package io.chaski.remote.internal.call;

import io.chaski.remote.internal.context.CurrentCall;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * When nobody waits for a call any more, if ever. Immutable.
 *
 * @param atNanos on the clock of {@link System#nanoTime()}; empty if the call lasts as long as its connection
 * @param limit how long that was when the call was to begin; zero if there is no end
 */
record CallDeadline(OptionalLong atNanos, Duration limit) {

    /** A century: more does not fit into a long, and nobody lives to see it. */
    private static final int MOST_DAYS = 36_500;

    /**
     * The earlier of what a call wants and what the call has that it is part of.
     *
     * @param wanted empty for no end
     * @param delay how long the call waits before it begins
     * @param parent null if it is part of none
     */
    static CallDeadline of(Optional<Duration> wanted, Duration delay, @Nullable CurrentCall parent) {
        long beginNanos = System.nanoTime() + nanosOf(delay);
        OptionalLong own =
                wanted.isPresent() ? OptionalLong.of(beginNanos + nanosOf(wanted.get())) : OptionalLong.empty();
        OptionalLong at = parent == null ? own : parent.earlierDeadline(own);
        long limitNanos = at.isPresent() ? Math.max(0, at.getAsLong() - beginNanos) : 0;
        return new CallDeadline(at, Duration.ofNanos(limitNanos));
    }

    /** As many nanoseconds as one can count with. */
    static long nanosOf(Duration limit) {
        return limit.toDays() > MOST_DAYS ? Long.MAX_VALUE / 4 : limit.toNanos();
    }

    /** Whether nobody waits any more. */
    boolean isOver() {
        return atNanos.isPresent() && atNanos.getAsLong() - System.nanoTime() <= 0;
    }

    /** How long the call may still take, at least a moment; empty for ever. */
    Optional<Duration> left() {
        return atNanos.isPresent()
                ? Optional.of(Duration.ofNanos(Math.max(1, atNanos.getAsLong() - System.nanoTime())))
                : Optional.empty();
    }
}
