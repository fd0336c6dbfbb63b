package io.chaski.streamer;

import io.chaski.core.NodeId;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an entry is fetched from peers. Immutable.
 *
 * @param from whom to ask, dialled if there is no edge yet; all connected nodes at once if empty
 * @param take whether the entry is removed where it is found; otherwise it is copied
 * @param deadline time for all of it, longer than nothing, at most 10 min
 * @param maxBytes largest value that is accepted, 1 to {@value StorageOptions#LARGEST_VALUE_BYTES}
 * @param codecs how what was fetched is decoded
 */
public record FetchOptions(Optional<NodeId> from, boolean take, Duration deadline, int maxBytes, CodecRegistry codecs) {

    /** Ten seconds: some MiB over a slow line, and a node that has just died is noticed before. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

    /** Ten minutes: the owner holds the value in memory as long. */
    public static final Duration LONGEST_DEADLINE = Duration.ofMinutes(10);

    /** A copy, from any connected node, within the default deadline, of the default size of a value at most. */
    public static final FetchOptions DEFAULTS = builder().build();

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside its range
     */
    public FetchOptions {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(codecs, "codecs");
        if (deadline.isZero() || deadline.isNegative() || deadline.compareTo(LONGEST_DEADLINE) > 0) {
            throw new IllegalArgumentException("deadline must be positive and at most 10 min: " + deadline);
        }
        if (maxBytes < 1 || maxBytes > StorageOptions.LARGEST_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "maxBytes must be 1 to " + StorageOptions.LARGEST_VALUE_BYTES + ": " + maxBytes);
        }
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a fetch. Not thread-safe. */
    public static final class Builder {
        private @Nullable NodeId from;
        private boolean take;
        private Duration deadline = DEFAULT_DEADLINE;
        private int maxBytes = StorageOptions.DEFAULT_MAX_VALUE_BYTES;
        private final List<PayloadCodec> codecs = new ArrayList<>();

        private Builder() {}

        /**
         * Asks this node only. Default: all connected nodes.
         *
         * @param owner a node that is connected or known
         */
        public Builder from(NodeId owner) {
            this.from = Objects.requireNonNull(owner, "from");
            return this;
        }

        /** Removes the entry where it is found: of several askers one gets it. Default: it is copied. */
        public Builder take() {
            this.take = true;
            return this;
        }

        /**
         * Limits the time. Default: {@link FetchOptions#DEFAULT_DEADLINE}.
         *
         * @param limit longer than nothing, at most 10 min
         */
        public Builder deadline(Duration limit) {
            this.deadline = Objects.requireNonNull(limit, "deadline");
            return this;
        }

        /**
         * Limits the size. Default: {@value StorageOptions#DEFAULT_MAX_VALUE_BYTES}.
         *
         * @param bytes 1 to {@value StorageOptions#LARGEST_VALUE_BYTES}
         */
        public Builder maxBytes(int bytes) {
            this.maxBytes = bytes;
            return this;
        }

        /**
         * Adds a codec, or replaces the built-in one of the same content type.
         *
         * @param codec thread-safe
         */
        public Builder codec(PayloadCodec codec) {
            codecs.add(Objects.requireNonNull(codec, "codec"));
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is outside its range
         */
        public FetchOptions build() {
            return new FetchOptions(Optional.ofNullable(from), take, deadline, maxBytes, CodecRegistry.with(codecs));
        }
    }
}
