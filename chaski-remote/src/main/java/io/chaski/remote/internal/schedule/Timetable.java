package io.chaski.remote.internal.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When a schedule is due: every so often by the monotonic clock, or at instants by that of the wall. Several turns that have become due
 * since somebody looked are one run; the others are late. Confined to one thread at a time.
 */
abstract sealed class Timetable {

    /** How long it is not due; {@link Long#MAX_VALUE} if it is over. */
    abstract long idleNanos(long nowNanos, long nowMillis);

    /** Takes the turns that are due; how many they are. */
    abstract long take(long nowNanos, long nowMillis);

    /** When it is due next, by the clock of the wall; empty if it is over. */
    final Optional<Instant> next(long nowNanos, long nowMillis) {
        long idleNanos = idleNanos(nowNanos, nowMillis);
        return idleNanos == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(nowMillis).plusNanos(idleNanos));
    }

    final boolean isOver(long nowNanos, long nowMillis) {
        return idleNanos(nowNanos, nowMillis) == Long.MAX_VALUE;
    }

    /**
     * The timetable of an order.
     *
     * @param firstMillis when the first turn of a period is, by the clock of the wall
     */
    static Timetable of(Order order, long firstMillis, long nowNanos, long nowMillis) {
        if (order.period().isEmpty()) {
            return new AtInstants(order.instants());
        }
        long untilFirstNanos = Duration.ofMillis(firstMillis - nowMillis).toNanos();
        return new Every(
                nowNanos + untilFirstNanos,
                order.period().get().toNanos(),
                order.turns().orElse(Long.MAX_VALUE));
    }

    private static final class Every extends Timetable {
        private final long periodNanos;
        private long nextNanos;
        private long turnsLeft;

        Every(long firstNanos, long periodNanos, long turns) {
            this.nextNanos = firstNanos;
            this.periodNanos = periodNanos;
            this.turnsLeft = turns;
        }

        @Override
        long idleNanos(long nowNanos, long nowMillis) {
            return turnsLeft == 0 ? Long.MAX_VALUE : Math.max(0, nextNanos - nowNanos);
        }

        @Override
        long take(long nowNanos, long nowMillis) {
            long lateNanos = nowNanos - nextNanos;
            if (lateNanos < 0 || turnsLeft == 0) {
                return 0;
            }
            long due = Math.min(turnsLeft, lateNanos / periodNanos + 1);
            turnsLeft -= due;
            nextNanos += due * periodNanos;
            return due;
        }
    }

    private static final class AtInstants extends Timetable {
        private final List<Instant> instants;
        private int next;

        AtInstants(List<Instant> instants) {
            this.instants = instants;
        }

        @Override
        long idleNanos(long nowNanos, long nowMillis) {
            if (next == instants.size()) {
                return Long.MAX_VALUE;
            }
            Duration until = Duration.between(Instant.ofEpochMilli(nowMillis), instants.get(next));
            return until.compareTo(Limits.LONGEST) > 0 ? Limits.LONGEST.toNanos() : Math.max(0, until.toNanos());
        }

        @Override
        long take(long nowNanos, long nowMillis) {
            Instant now = Instant.ofEpochMilli(nowMillis);
            int before = next;
            while (next < instants.size() && !instants.get(next).isAfter(now)) {
                next++;
            }
            return (long) next - before;
        }
    }
}
