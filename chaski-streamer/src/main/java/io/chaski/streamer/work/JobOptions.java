package io.chaski.streamer.work;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is special about one job. Immutable.
 *
 * @param priority 0 to {@value #MAX_PRIORITY}; higher ones go first, jobs of the same one in the order in which they were submitted
 * @param delay how long it waits at least before its first attempt, zero or more
 * @param timeout how long one attempt may take, longer than nothing; then it counts as failed, and its worker is told to stop.
 *     Empty for as long as it takes
 * @param attempts how often it is tried, 1 to {@value #MAX_ATTEMPTS}; empty for what the queue says
 */
public record JobOptions(int priority, Duration delay, Optional<Duration> timeout, OptionalInt attempts) {

    /** As few as people can tell apart, and as in other queues. */
    public static final int MAX_PRIORITY = 9;

    /** The middle: there is room above and below. */
    public static final int DEFAULT_PRIORITY = 5;

    /** With the longest pause of the default options, most of a day. */
    public static final int MAX_ATTEMPTS = 1_000;

    /** Longest delay, and longest limit of an attempt: ten years, which added to any time of day is one. */
    public static final Duration LONGEST = Duration.ofDays(3_650);

    /** Priority 5, at once, as long as it takes, as often as the queue says. */
    public static final JobOptions DEFAULTS = builder().build();

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside its range
     */
    public JobOptions {
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException("priority must be 0 to " + MAX_PRIORITY + ": " + priority);
        }
        if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("delay must be zero to ten years: " + delay);
        }
        timeout.ifPresent(limit -> {
            if (limit.toMillis() < 1 || limit.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("timeout must be a millisecond to ten years: " + limit);
            }
        });
        attempts.ifPresent(JobOptions::checkAttempts);
    }

    static int checkAttempts(int attempts) {
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempts must be 1 to " + MAX_ATTEMPTS + ": " + attempts);
        }
        return attempts;
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a job. Not thread-safe. */
    public static final class Builder {
        private int priority = DEFAULT_PRIORITY;
        private Duration delay = Duration.ZERO;
        private @Nullable Duration timeout;
        private OptionalInt attempts = OptionalInt.empty();

        private Builder() {}

        /**
         * Decides who goes first.
         *
         * @param level 0 to {@value JobOptions#MAX_PRIORITY}, higher ones first
         */
        public Builder priority(int level) {
            this.priority = level;
            return this;
        }

        /**
         * Lets the job wait before its first attempt.
         *
         * @param least zero or more; milliseconds count
         */
        public Builder delay(Duration least) {
            this.delay = Objects.requireNonNull(least, "delay");
            return this;
        }

        /**
         * Limits the time of an attempt.
         *
         * @param longest a millisecond or more
         */
        public Builder timeout(Duration longest) {
            this.timeout = Objects.requireNonNull(longest, "timeout");
            return this;
        }

        /**
         * Limits the number of attempts.
         *
         * @param most 1 to {@value JobOptions#MAX_ATTEMPTS}
         */
        public Builder attempts(int most) {
            this.attempts = OptionalInt.of(most);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is outside its range
         */
        public JobOptions build() {
            return new JobOptions(priority, delay, Optional.ofNullable(timeout), attempts);
        }
    }
}
