package io.chaski.remote;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What holds for calls. Given for a remote, a proxy, a method (by annotation) and a single call; what is said nearest to the
 * call wins, one property at a time, and headers add up. Immutable.
 *
 * @param deadline time a call may take, dialling and repetitions included; {@link #DEFAULT_DEADLINE} if nobody says anything,
 *     and never more than {@link #MAX_DEADLINE}. A call that takes or returns a stream of items may take as long as is said, and
 *     lasts as long as its connection if nobody says anything
 * @param attempts how often a call is tried at most, 1 to {@value #MAX_ATTEMPTS}; {@value #DEFAULT_ATTEMPTS} if nobody says
 *     anything. A call that may have been executed is repeated only if its method is {@link Idempotent}
 * @param retryDelay how long a call waits before it is tried again at a node where it was tried before; twice as long each time, and a
 *     half more or less by chance. Zero to {@link #MAX_RETRY_DELAY}; {@link #DEFAULT_RETRY_DELAY} if nobody says anything. The next
 *     one of several nodes is tried at once, and whoever has come during the delay before those that were tried
 * @param headers small text pairs that go with a call, at most {@value #MAX_HEADERS} with {@value #MAX_HEADER_BYTES} bytes in all
 * @param selection who gets a call when several nodes serve the same; {@link Selection#nearest()} if nobody says anything. Has no
 *     say where the node is named
 * @param version which version of the service is called, as {@link Service#version()}; if nobody says anything, the one that
 *     has none, or else the only one of a node
 * @param delay how long a call waits before it begins, not at all if nobody says anything. Its deadline begins then; cancelling
 *     it works meanwhile
 */
public record CallOptions(
        Optional<Duration> deadline,
        Optional<Integer> attempts,
        Optional<Duration> retryDelay,
        Map<String, String> headers,
        Optional<Selection> selection,
        Optional<String> version,
        Optional<Duration> delay) {

    /** Long enough for a busy machine, short enough that calls which wait for each other in a circle end. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    /**
     * The longest time a call without a stream of items may take; whoever wants more gets this. Both sides hold to it, so that nobody keeps memory and
     * threads of another node for days.
     */
    public static final Duration MAX_DEADLINE = Duration.ofMinutes(10);

    /** Gets a call past a connection that has just broken, and does not multiply the load on a peer that is busy. */
    public static final int DEFAULT_ATTEMPTS = 3;

    /** More would hide that something is wrong. */
    public static final int MAX_ATTEMPTS = 10;

    /** A connection that has just broken is dialled again within about this time. */
    public static final Duration DEFAULT_RETRY_DELAY = Duration.ofMillis(20);

    /** Whoever wants to wait longer is better served by a schedule, or by an error. */
    public static final Duration MAX_RETRY_DELAY = Duration.ofMinutes(1);

    /** Those of a stream, less what a call needs itself. */
    public static final int MAX_HEADERS = 24;

    /** Those of a stream, less what a call needs itself. */
    public static final int MAX_HEADER_BYTES = 3_072;

    /** Says nothing. */
    public static final CallOptions NONE = builder().build();

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the deadline is not positive, the attempts or their delay are out of range, or the
     *     headers are too many, too long, or begin with {@code chaski-}
     */
    public CallOptions {
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(attempts, "attempts");
        Objects.requireNonNull(retryDelay, "retryDelay");
        Objects.requireNonNull(selection, "selection");
        Objects.requireNonNull(version, "version");
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        deadline.ifPresent(limit -> {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("deadline must be positive: " + limit);
            }
        });
        delay.ifPresent(wait -> {
            if (wait.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative: " + wait);
            }
        });
        attempts.ifPresent(count -> {
            if (count < 1 || count > MAX_ATTEMPTS) {
                throw new IllegalArgumentException("attempts must be 1 to " + MAX_ATTEMPTS + ": " + count);
            }
        });
        retryDelay.ifPresent(wait -> {
            if (wait.isNegative() || wait.compareTo(MAX_RETRY_DELAY) > 0) {
                throw new IllegalArgumentException("retryDelay must be zero to " + MAX_RETRY_DELAY + ": " + wait);
            }
        });
        CallHeaderRules.check(headers);
    }

    /**
     * These options, and those of the other where these say nothing.
     *
     * @param farther options that are farther from the call
     */
    public CallOptions over(CallOptions farther) {
        if (saysNothing()) { // mostly, and for each call anew
            return farther;
        }
        if (farther.saysNothing()) {
            return this;
        }
        Map<String, String> all = new LinkedHashMap<>(farther.headers);
        all.putAll(headers);
        return new CallOptions(
                deadline.isPresent() ? deadline : farther.deadline,
                attempts.isPresent() ? attempts : farther.attempts,
                retryDelay.isPresent() ? retryDelay : farther.retryDelay,
                all,
                selection.isPresent() ? selection : farther.selection,
                version.isPresent() ? version : farther.version,
                delay.isPresent() ? delay : farther.delay);
    }

    private boolean saysNothing() {
        return deadline.isEmpty()
                && attempts.isEmpty()
                && retryDelay.isEmpty()
                && headers.isEmpty()
                && selection.isEmpty()
                && version.isEmpty()
                && delay.isEmpty();
    }

    /**
     * Options that say only how long a call may take.
     *
     * @param limit longer than nothing
     */
    public static CallOptions within(Duration limit) {
        return builder().deadline(limit).build();
    }

    /** Starts from {@link #NONE}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of calls. Not thread-safe. */
    public static final class Builder {
        private @Nullable Duration deadline;
        private @Nullable Integer attempts;
        private @Nullable Duration retryDelay;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable Selection selection;
        private @Nullable String version;
        private @Nullable Duration delay;

        private Builder() {}

        /**
         * Limits the time of a call.
         *
         * @param limit longer than nothing
         */
        public Builder deadline(Duration limit) {
            this.deadline = Objects.requireNonNull(limit, "limit");
            return this;
        }

        /**
         * Limits how often a call is tried.
         *
         * @param count 1 to {@value #MAX_ATTEMPTS}; 1 means never again
         */
        public Builder attempts(int count) {
            this.attempts = count;
            return this;
        }

        /**
         * Says how long a call waits before it is tried again at the same node.
         *
         * @param first before the second attempt, zero to {@link #MAX_RETRY_DELAY}; doubled each time
         */
        public Builder retryDelay(Duration first) {
            this.retryDelay = Objects.requireNonNull(first, "first");
            return this;
        }

        /**
         * Adds a header, or takes another value for the one that has this name.
         *
         * @param name its name, not empty, not beginning with {@code chaski-}
         * @param value its value, may be empty
         */
        public Builder header(String name, String value) {
            headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Says who gets a call when several nodes serve the same.
         *
         * @param strategy one object for all calls among which it counts, as {@link Selection#roundRobin()} does
         */
        public Builder selection(Selection strategy) {
            this.selection = Objects.requireNonNull(strategy, "strategy");
            return this;
        }

        /**
         * Calls one version of the service and no other.
         *
         * @param text as it is served; empty for the one without a version
         */
        public Builder version(String text) {
            this.version = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Lets calls begin later.
         *
         * @param wait zero or more
         */
        public Builder delay(Duration wait) {
            this.delay = Objects.requireNonNull(wait, "wait");
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException as in {@link CallOptions}
         */
        public CallOptions build() {
            return new CallOptions(
                    Optional.ofNullable(deadline),
                    Optional.ofNullable(attempts),
                    Optional.ofNullable(retryDelay),
                    headers,
                    Optional.ofNullable(selection),
                    Optional.ofNullable(version),
                    Optional.ofNullable(delay));
        }
    }
}
