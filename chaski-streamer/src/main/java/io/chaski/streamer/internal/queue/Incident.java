package io.chaski.streamer.internal.queue;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What is counted. The names are listed in {@code docs/work-queues.md}. */
enum Incident {
    JOBS_SUBMITTED,
    JOBS_REFUSED,
    JOBS_DONE,
    JOBS_DEAD,
    JOBS_CANCELLED,
    /** Jobs and dead letters that have come back from keepers. */
    JOBS_RESTORED,
    /** Words about jobs that keepers have, that they have not said to have, and that could not be read when they were to be restored. */
    COPIES_KEPT,
    COPIES_UNKEPT,
    COPIES_UNREADABLE,
    /** Jobs given to workers, every attempt. */
    ATTEMPTS_STARTED,
    ATTEMPTS_FAILED,
    ATTEMPTS_TIMED_OUT,
    ATTEMPTS_WORKER_LOST,
    /** A worker had no room left; no attempt. */
    ATTEMPTS_BUSY,
    /** A worker was back in time, with a job that it was doing or had done. */
    ATTEMPTS_RESUMED,
    /** Results and dead letters that went before their time, for want of room. */
    RESULTS_DROPPED,
    LETTERS_DROPPED,
    /** Word of a job that nobody here knows, perhaps any more. */
    FRAMES_UNKNOWN_JOB,
    /** Word of a job by somebody who does not have it, or has it no longer. */
    FRAMES_NOT_ASSIGNED,
    /** A result that was there already. */
    FRAMES_REPEATED,
    /** What came of a job that was given up for good before: its end was told. */
    FRAMES_LATE,
    /** Not of the protocol: the stream was reset. */
    FRAMES_MALFORMED,
    /** A peer said that it works, and policies do not let it. */
    WORKERS_REFUSED,
    /** Workers that read nothing of what is said to them, until more waited than for any that reads. */
    WORKERS_STUCK,
    /** Announcements that could not be read, or found no room. */
    ANNOUNCEMENTS_IGNORED,
    /** Jobs that this worker has done, and those that have failed. */
    WORK_DONE,
    WORK_FAILED,
    /** Jobs that came while this worker had no room. */
    WORK_BUSY,
    /** Results that nobody has fetched in time. */
    WORK_RESULTS_DROPPED,
    /** Messages of submitters that were not read yet, because they read nothing themselves. */
    WORK_HELD_BACK,
    /** Streams of submitters that were turned away. */
    WORK_STREAMS_REFUSED;

    private String counter() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');
    }

    /** Counts. Confined to the thread of the queue. */
    static final class Counts {
        private final Map<Incident, Long> counts = new EnumMap<>(Incident.class);

        void add(Incident what) {
            add(what, 1);
        }

        void add(Incident what, long times) {
            counts.merge(what, times, Long::sum);
        }

        long of(Incident what) {
            return counts.getOrDefault(what, 0L);
        }

        /** All of them, also those that have not happened. */
        Map<String, Long> named() {
            Map<String, Long> named = new TreeMap<>();
            for (Incident each : values()) {
                named.put(each.counter(), of(each));
            }
            return named;
        }
    }
}
