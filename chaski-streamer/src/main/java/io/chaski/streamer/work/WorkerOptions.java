package io.chaski.streamer.work;

/**
 * How a worker works. Immutable.
 *
 * @param jobsAtATime how many jobs it does at a time, of all submitters together, each on a thread of its own: 1 to
 *     {@value #MAX_JOBS_AT_A_TIME}
 */
public record WorkerOptions(int jobsAtATime) {

    /** What needs no thought about threads; a worker says more if it can. */
    public static final int DEFAULT_JOBS_AT_A_TIME = 1;

    /** Each is a thread, and each may hold a job of a megabyte. */
    public static final int MAX_JOBS_AT_A_TIME = 1_024;

    /** One job at a time. */
    public static final WorkerOptions DEFAULTS = builder().build();

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if it is outside its range
     */
    public WorkerOptions {
        if (jobsAtATime < 1 || jobsAtATime > MAX_JOBS_AT_A_TIME) {
            throw new IllegalArgumentException("jobsAtATime must be 1 to " + MAX_JOBS_AT_A_TIME + ": " + jobsAtATime);
        }
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a worker. Not thread-safe. */
    public static final class Builder {
        private int jobsAtATime = DEFAULT_JOBS_AT_A_TIME;

        private Builder() {}

        /**
         * Decides how many jobs are done at a time.
         *
         * @param jobs 1 to {@value WorkerOptions#MAX_JOBS_AT_A_TIME}
         */
        public Builder jobsAtATime(int jobs) {
            this.jobsAtATime = jobs;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is outside its range
         */
        public WorkerOptions build() {
            return new WorkerOptions(jobsAtATime);
        }
    }
}
