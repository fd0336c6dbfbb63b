package io.chaski.core.internal.protocol;

import io.chaski.core.NodeEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Tells the application that the loop is late, in few words: the worst of each interval, so that a loop with no time to
 * spare does not spend it on events. Confined to the node's event loop.
 */
final class LagReport {

    /** Ten seconds, as for repeated lines of the log. */
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Outbox outbox;
    private boolean hasReported;
    private long reportedAtNanos;
    private long worstNanos;

    /**
     * Nothing to report yet.
     *
     * @param outbox where the events go
     */
    LagReport(Outbox outbox) {
        this.outbox = outbox;
    }

    /** The loop was late. */
    void onLag(long lateNanos) {
        worstNanos = Math.max(worstNanos, lateNanos);
    }

    /** Once a second. */
    void onBeat(long nowNanos) {
        if (worstNanos > 0 && (!hasReported || nowNanos - reportedAtNanos >= INTERVAL_NANOS)) {
            outbox.emit(new NodeEvent.Lagged(Duration.ofNanos(worstNanos)));
            hasReported = true;
            reportedAtNanos = nowNanos;
            worstNanos = 0;
        }
    }
}
