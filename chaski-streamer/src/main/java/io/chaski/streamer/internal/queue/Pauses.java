package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.WorkQueueOptions;
import java.util.SplittableRandom;

/**
 * How long a job waits between its attempts: twice as long each time, and up to half of that left away by a chance that follows from the
 * seed, the job and the attempt, so that jobs that failed together do not come again together. Immutable.
 */
final class Pauses {

    /** Beyond that, shifting would lose bits; the longest pause is reached long before. */
    private static final int MAX_DOUBLINGS = 30;

    private final WorkQueueOptions options;
    private final long seed;

    Pauses(WorkQueueOptions options, long seed) {
        this.options = options;
        this.seed = seed;
    }

    /** After the attempts that it has had. */
    long millisAfter(JobEntry job) {
        int doublings = Math.min(job.attempts - 1, MAX_DOUBLINGS);
        long most =
                Math.min(options.longestPause().toMillis(), options.firstPause().toMillis() << doublings);
        SplittableRandom chance = new SplittableRandom(seed ^ job.id.getLeastSignificantBits() ^ job.attempts);
        return most - (long) (chance.nextDouble() * most / 2);
    }
}
