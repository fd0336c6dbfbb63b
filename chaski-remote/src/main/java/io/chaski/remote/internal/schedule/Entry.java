package io.chaski.remote.internal.schedule;

import io.chaski.core.NodeId;
import io.chaski.remote.ScheduleInfo;
import java.util.Optional;

/** One schedule at its provider: its timetable, and what its runs have come to. Confined to one thread at a time. */
final class Entry {

    private final NodeId owner;
    private final Order order;
    private final String method;
    private final byte[] arguments;
    private final Timetable timetable;
    private long runs;
    private long errors;
    private long skipped;
    private Optional<String> lastError = Optional.empty();
    private boolean isRunning;
    private boolean isCancelled;

    Entry(NodeId owner, Order order, String method, byte[] arguments, Timetable timetable) {
        this.owner = owner;
        this.order = order;
        this.method = method;
        this.arguments = arguments;
        this.timetable = timetable;
    }

    NodeId owner() {
        return owner;
    }

    Order order() {
        return order;
    }

    byte[] arguments() {
        return arguments;
    }

    long idleNanos(long nowNanos, long nowMillis) {
        return isCancelled ? Long.MAX_VALUE : timetable.idleNanos(nowNanos, nowMillis);
    }

    /** Whether a run is to begin. Turns that come while one is under way, and all but the last of several, are skipped. */
    boolean take(long nowNanos, long nowMillis) {
        long due = isCancelled ? 0 : timetable.take(nowNanos, nowMillis);
        boolean begins = due > 0 && !isRunning;
        skipped += begins ? due - 1 : due;
        if (begins) {
            isRunning = true;
            runs++;
        }
        return begins;
    }

    /** Leaves out what has passed while nobody was there. */
    void skipMissed(long nowNanos, long nowMillis) {
        skipped += timetable.take(nowNanos, nowMillis);
    }

    void onRunEnded(Optional<String> error) {
        isRunning = false;
        if (error.isPresent()) {
            errors++;
            lastError = error;
        }
    }

    void cancel() {
        isCancelled = true;
    }

    boolean isOver(long nowNanos, long nowMillis) {
        return !isRunning && (isCancelled || timetable.isOver(nowNanos, nowMillis));
    }

    ScheduleInfo info(NodeId self, long nowNanos, long nowMillis) {
        return new ScheduleInfo(
                order.id(),
                self,
                order.service(),
                order.version(),
                method,
                runs,
                errors,
                skipped,
                isCancelled ? Optional.empty() : timetable.next(nowNanos, nowMillis),
                lastError);
    }
}
