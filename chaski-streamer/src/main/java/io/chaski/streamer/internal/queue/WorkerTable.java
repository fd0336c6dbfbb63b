package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Workers that have said they are there, and when to try to reach them. A machine without I/O; times are milliseconds of a clock that
 * never goes back. Confined to the thread of the queue.
 */
final class WorkerTable {

    /** How long word of a worker counts: three times as long as it takes to say it again. */
    static final long LEASE_MILLIS = 30_000;

    /** Streams to more would be more than a node has edges for. */
    static final int MAX_WORKERS = 1_024;

    /** A connection that broke is often back at once. */
    static final long FIRST_PAUSE_MILLIS = 100;

    /** Of a worker that cannot be reached, and of one whose policy was changed. */
    static final long LONGEST_PAUSE_MILLIS = 5_000;

    private static final class Known {
        private long untilMillis;
        private long nextMillis;
        private long pauseMillis = FIRST_PAUSE_MILLIS;
        private boolean isLinked;
        private boolean isDraining;
    }

    private final Map<NodeId, Known> workers = new LinkedHashMap<>();

    /** A worker is there; false if there is no room for more. */
    boolean onWorks(NodeId worker, long nowMillis) {
        return hear(worker, false, nowMillis);
    }

    /** A worker that has jobs of this submitter is there as long as it has some; false if there is no room for more. */
    boolean onDrains(NodeId worker, long nowMillis) {
        return hear(worker, true, nowMillis);
    }

    private boolean hear(NodeId worker, boolean isDraining, long nowMillis) {
        Known known = workers.get(worker);
        if (known == null) {
            if (workers.size() >= MAX_WORKERS) {
                forgetSilent(nowMillis);
            }
            if (workers.size() >= MAX_WORKERS) {
                return false;
            }
            known = new Known();
            known.nextMillis = nowMillis;
            workers.put(worker, known);
        }
        known.untilMillis = nowMillis + LEASE_MILLIS;
        known.isDraining = isDraining;
        return true;
    }

    /** Whether a worker has said that it takes jobs, and not too long ago. */
    boolean isTaking(NodeId worker, long nowMillis) {
        Known known = workers.get(worker);
        return known != null && !known.isDraining && known.untilMillis > nowMillis;
    }

    /** A worker says that it works no more. Its stream ends when it has nothing to tell any more. */
    void onLeft(NodeId worker, long nowMillis) {
        Known known = workers.get(worker);
        if (known != null) {
            known.untilMillis = nowMillis;
        }
    }

    /** Workers to be reached now; each is tried until {@link #onEnded}. */
    List<NodeId> takeDue(long nowMillis) {
        forgetSilent(nowMillis);
        List<NodeId> due = new ArrayList<>();
        workers.forEach((worker, known) -> {
            if (!known.isLinked && known.nextMillis <= nowMillis) {
                known.isLinked = true;
                due.add(worker);
            }
        });
        return due;
    }

    /** A worker has answered. */
    void onReached(NodeId worker) {
        Known known = workers.get(worker);
        if (known != null) {
            known.pauseMillis = FIRST_PAUSE_MILLIS;
        }
    }

    /** The stream to a worker has ended, or could not be opened: it is tried again after a pause, which grows. */
    void onEnded(NodeId worker, long nowMillis) {
        Known known = workers.get(worker);
        if (known != null) {
            known.isLinked = false;
            known.nextMillis = nowMillis + known.pauseMillis;
            known.pauseMillis = Math.min(2 * known.pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    /** When {@link #takeDue} has something next; {@link JobEntry#NEVER} if it has not. */
    long nextMillis() {
        return workers.values().stream()
                .filter(known -> !known.isLinked)
                .mapToLong(known -> known.nextMillis)
                .min()
                .orElse(JobEntry.NEVER);
    }

    private void forgetSilent(long nowMillis) {
        workers.values().removeIf(known -> !known.isLinked && known.untilMillis <= nowMillis);
    }
}
