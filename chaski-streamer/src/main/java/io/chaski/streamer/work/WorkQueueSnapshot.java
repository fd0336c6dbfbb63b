package io.chaski.streamer.work;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A queue at one moment, as this node sees it. Immutable.
 *
 * @param waiting jobs that wait for a worker, or for their time
 * @param running jobs that workers have
 * @param bytes encoded jobs that have not ended
 * @param results results, and cancelled jobs, that are kept
 * @param deadLetters dead letters that are kept
 * @param workers workers that this node has a stream to
 * @param counters what has happened since the queue was opened, and what was wrong with what peers said: names of a fixed set,
 *     which {@code docs/work-queues.md} lists
 */
public record WorkQueueSnapshot(
        int waiting, int running, long bytes, int results, int deadLetters, int workers, Map<String, Long> counters) {

    /** Copies the counters, sorted. */
    public WorkQueueSnapshot {
        counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    }
}
