package io.chaski.streamer.work;

import io.chaski.streamer.StorageOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a submitter keeps, and how often it tries. Immutable.
 *
 * @param directory where jobs and results are kept, for this queue alone; empty for memory, which ends with the process
 * @param maxJobs most jobs that have not ended, 1 to 1,000,000; more are refused
 * @param maxBytes most bytes of encoded jobs that have not ended, 1 or more; more are refused
 * @param attempts how often a job is tried if it says nothing itself, 1 to {@value JobOptions#MAX_ATTEMPTS}
 * @param firstPause pause after the first failed attempt, zero or more; each one after that is twice as long, and up to half of
 *     each is left away by chance, so that jobs that failed together do not come again together
 * @param longestPause what pauses grow to, not below {@code firstPause}
 * @param workerGrace how long a job stays with a worker whose connection has ended: if the worker is back in time, what it has
 *     done counts, and the job is not done twice; if not, the attempt has failed. Zero to an hour
 * @param resultTimeToLive how long a result is kept, a millisecond to a year
 * @param maxResults most results that are kept, 1 to 1,000,000; the oldest go first
 * @param maxResultBytes most bytes of all results that are kept, and of one; the oldest go first
 * @param maxDeadLetters most dead letters, 1 to 100,000, which have at most {@code maxBytes} together; the oldest go first
 * @param freeSpaceFloor bytes that must stay free on the disk, 0 or more: jobs that would leave less are refused
 */
public record WorkQueueOptions(
        Optional<Path> directory,
        int maxJobs,
        long maxBytes,
        int attempts,
        Duration firstPause,
        Duration longestPause,
        Duration workerGrace,
        Duration resultTimeToLive,
        int maxResults,
        long maxResultBytes,
        int maxDeadLetters,
        long freeSpaceFloor) {

    /** Largest encoded job, and largest encoded result: with what is said about it, one message of a stream. Files are for more. */
    public static final int MAX_PAYLOAD_BYTES = 1_000_000;

    /** A queue that is longer is not being worked on. */
    public static final int DEFAULT_MAX_JOBS = 10_000;

    /** 64 MiB: jobs are in memory, also where they are on disk. */
    public static final long DEFAULT_MAX_BYTES = 64L << 20;

    /** What fails five times fails for a reason. */
    public static final int DEFAULT_ATTEMPTS = 5;

    /** A second: what was only busy is free again. */
    public static final Duration DEFAULT_FIRST_PAUSE = Duration.ofSeconds(1);

    /** A minute: whoever mends what was broken does not wait long for the queue. */
    public static final Duration DEFAULT_LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Two seconds: a broken connection stands again in less, and the job of a dead worker waits that long. */
    public static final Duration DEFAULT_WORKER_GRACE = Duration.ofSeconds(2);

    /** An hour: whoever asked has looked by then. */
    public static final Duration DEFAULT_RESULT_TIME_TO_LIVE = Duration.ofHours(1);

    /** As many as there may be jobs. */
    public static final int DEFAULT_MAX_RESULTS = DEFAULT_MAX_JOBS;

    /** 64 MiB, in memory as well. */
    public static final long DEFAULT_MAX_RESULT_BYTES = 64L << 20;

    /** As many as somebody would look through. */
    public static final int DEFAULT_MAX_DEAD_LETTERS = 1_000;

    /** All of the above, in memory. */
    public static final WorkQueueOptions DEFAULTS = builder().build();

    private static final int LARGEST_MAX_JOBS = 1_000_000;
    private static final int LARGEST_MAX_DEAD_LETTERS = 100_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside its range
     */
    public WorkQueueOptions {
        Objects.requireNonNull(directory, "directory");
        checkRange("maxJobs", maxJobs, 1, LARGEST_MAX_JOBS);
        checkRange("maxBytes", maxBytes, 1, Long.MAX_VALUE);
        JobOptions.checkAttempts(attempts);
        checkRange("firstPause", firstPause, Duration.ZERO, Duration.ofDays(1));
        checkRange("longestPause", longestPause, firstPause, Duration.ofDays(1));
        checkRange("workerGrace", workerGrace, Duration.ZERO, Duration.ofHours(1));
        checkRange("resultTimeToLive", resultTimeToLive, Duration.ofMillis(1), Duration.ofDays(366));
        checkRange("maxResults", maxResults, 1, LARGEST_MAX_JOBS);
        checkRange("maxResultBytes", maxResultBytes, 1, Long.MAX_VALUE);
        checkRange("maxDeadLetters", maxDeadLetters, 1, LARGEST_MAX_DEAD_LETTERS);
        checkRange("freeSpaceFloor", freeSpaceFloor, 0, Long.MAX_VALUE);
    }

    private static void checkRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ": " + value);
        }
    }

    private static void checkRange(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ": " + value);
        }
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a queue. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path directory;
        private int maxJobs = DEFAULT_MAX_JOBS;
        private long maxBytes = DEFAULT_MAX_BYTES;
        private int attempts = DEFAULT_ATTEMPTS;
        private Duration firstPause = DEFAULT_FIRST_PAUSE;
        private Duration longestPause = DEFAULT_LONGEST_PAUSE;
        private Duration workerGrace = DEFAULT_WORKER_GRACE;
        private Duration resultTimeToLive = DEFAULT_RESULT_TIME_TO_LIVE;
        private int maxResults = DEFAULT_MAX_RESULTS;
        private long maxResultBytes = DEFAULT_MAX_RESULT_BYTES;
        private int maxDeadLetters = DEFAULT_MAX_DEAD_LETTERS;
        private long freeSpaceFloor = StorageOptions.DEFAULT_FREE_SPACE_FLOOR;

        private Builder() {}

        /**
         * Keeps jobs and results on disk: after a restart the queue goes on.
         *
         * @param folder of this queue alone; made if it is not there
         */
        public Builder directory(Path folder) {
            this.directory = Objects.requireNonNull(folder, "directory");
            return this;
        }

        /**
         * Limits the number of jobs that have not ended.
         *
         * @param jobs 1 to 1,000,000
         */
        public Builder maxJobs(int jobs) {
            this.maxJobs = jobs;
            return this;
        }

        /**
         * Limits the size of the jobs that have not ended.
         *
         * @param bytes 1 or more
         */
        public Builder maxBytes(long bytes) {
            this.maxBytes = bytes;
            return this;
        }

        /**
         * Decides how often a job is tried that says nothing itself.
         *
         * @param most 1 to {@value JobOptions#MAX_ATTEMPTS}
         */
        public Builder attempts(int most) {
            this.attempts = most;
            return this;
        }

        /**
         * Decides how long a job waits between its attempts.
         *
         * @param first after the first failed one, zero to a day
         * @param longest what it grows to, up to a day
         */
        public Builder pauses(Duration first, Duration longest) {
            this.firstPause = Objects.requireNonNull(first, "first");
            this.longestPause = Objects.requireNonNull(longest, "longest");
            return this;
        }

        /**
         * Decides how long to wait for a worker whose connection has ended. When the queue is opened again, jobs that were with workers
         * stay there for at least ten seconds, since these must be found first.
         *
         * @param longest zero to an hour
         */
        public Builder workerGrace(Duration longest) {
            this.workerGrace = Objects.requireNonNull(longest, "workerGrace");
            return this;
        }

        /**
         * Decides how long results are kept.
         *
         * @param duration a millisecond to a year
         */
        public Builder resultTimeToLive(Duration duration) {
            this.resultTimeToLive = Objects.requireNonNull(duration, "resultTimeToLive");
            return this;
        }

        /**
         * Limits how many results are kept.
         *
         * @param most 1 to 1,000,000
         */
        public Builder maxResults(int most) {
            this.maxResults = most;
            return this;
        }

        /**
         * Limits the size of all results that are kept.
         *
         * @param bytes 1 or more
         */
        public Builder maxResultBytes(long bytes) {
            this.maxResultBytes = bytes;
            return this;
        }

        /**
         * Limits how many dead letters are kept.
         *
         * @param most 1 to 100,000
         */
        public Builder maxDeadLetters(int most) {
            this.maxDeadLetters = most;
            return this;
        }

        /**
         * Leaves room on the disk to others.
         *
         * @param bytes 0 or more
         */
        public Builder freeSpaceFloor(long bytes) {
            this.freeSpaceFloor = bytes;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is outside its range
         */
        public WorkQueueOptions build() {
            return new WorkQueueOptions(
                    Optional.ofNullable(directory),
                    maxJobs,
                    maxBytes,
                    attempts,
                    firstPause,
                    longestPause,
                    workerGrace,
                    resultTimeToLive,
                    maxResults,
                    maxResultBytes,
                    maxDeadLetters,
                    freeSpaceFloor);
        }
    }
}
