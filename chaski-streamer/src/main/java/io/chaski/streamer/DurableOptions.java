package io.chaski.streamer;

import io.chaski.streamer.internal.durable.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a node does with a durable topic. Immutable.
 *
 * @param directory where messages and cursors are stored, for this topic alone; needed to keep, and to subscribe
 * @param keep whether this node keeps the messages of the topic
 * @param retainBytes most bytes of messages on disk, 64 KiB to 16 GiB; how far subscribers are takes as much again at most
 * @param retainMessages most messages, 16 to 10,000,000; each takes some 24 bytes of memory
 * @param retainFor how long messages are kept, by their publishers' clocks; a second or more
 * @param replicas how many keepers must have a message before it counts as kept, 1 to 8
 * @param deadline longest until it is known what became of a message, and until a page of the history is there; a
 *     millisecond to {@link #MAX_DEADLINE}
 */
public record DurableOptions(
        Optional<Path> directory,
        boolean keep,
        long retainBytes,
        long retainMessages,
        Duration retainFor,
        int replicas,
        Duration deadline) {

    /** One disk; with two, a message survives the loss of one of them. */
    public static final int DEFAULT_REPLICAS = 1;

    /** Keepers are found within a second or two, and a disk that takes longer is a broken one. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

    /** A publisher has lines to as many keepers. */
    public static final int MAX_REPLICAS = 8;

    /**
     * Subscribers wait for a missing message for a minute at least. What is acknowledged within half of that, other keepers have
     * fetched before its gap would be told.
     */
    public static final Duration MAX_DEADLINE = Duration.ofSeconds(30);

    /** Keeps nothing and has no directory: for those that publish, or look at the history. */
    public static final DurableOptions DEFAULTS = builder().build();

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside its range, or there is no directory to keep messages in
     */
    public DurableOptions {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(deadline, "deadline");
        if (keep && directory.isEmpty()) {
            throw new IllegalArgumentException("a keeper needs a directory");
        }
        var unused = new Retention(retainBytes, retainMessages, retainFor); // checks them
        if (replicas < 1 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException("replicas must be 1 to " + MAX_REPLICAS + ": " + replicas);
        }
        if (deadline.toMillis() < 1 || deadline.compareTo(MAX_DEADLINE) > 0) {
            throw new IllegalArgumentException("deadline must be a millisecond to 30 seconds: " + deadline);
        }
    }

    Retention retention() {
        return new Retention(retainBytes, retainMessages, retainFor);
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path directory;
        private boolean keep;
        private long retainBytes = Retention.DEFAULTS.maxBytes();
        private long retainMessages = Retention.DEFAULTS.maxMessages();
        private Duration retainFor = Retention.DEFAULTS.maxAge();
        private int replicas = DEFAULT_REPLICAS;
        private Duration deadline = DEFAULT_DEADLINE;

        private Builder() {}

        /**
         * Says where cursors are stored, so that there can be subscribers.
         *
         * @param place any path, for one topic of one node; made if it is not there
         */
        public Builder directory(Path place) {
            this.directory = Objects.requireNonNull(place, "directory");
            return this;
        }

        /**
         * Keeps the messages of the topic, and has subscribers.
         *
         * @param place as of {@link #directory(Path)}
         */
        public Builder keepIn(Path place) {
            this.keep = true;
            return directory(place);
        }

        /**
         * Limits how much is kept. The oldest messages are given up, a sixteenth at a time, as soon as one limit is reached.
         *
         * @param bytes on disk, 64 KiB to 16 GiB. Default: 256 MiB
         */
        public Builder retainBytes(long bytes) {
            this.retainBytes = bytes;
            return this;
        }

        /**
         * Limits how much is kept.
         *
         * @param messages 16 to 10,000,000. Default: 1,000,000
         */
        public Builder retainMessages(long messages) {
            this.retainMessages = messages;
            return this;
        }

        /**
         * Limits how long messages are kept.
         *
         * @param age a second or more. Default: a week
         */
        public Builder retainFor(Duration age) {
            this.retainFor = Objects.requireNonNull(age, "retainFor");
            return this;
        }

        /**
         * Says how many keepers must have a message before it counts as kept. It is published when as many can be reached: more than
         * half of those there are means that of two sides that have lost each other one at most goes on.
         *
         * @param keepers 1 to 8. Default: {@link DurableOptions#DEFAULT_REPLICAS}
         */
        public Builder replicas(int keepers) {
            this.replicas = keepers;
            return this;
        }

        /**
         * Limits how long a publisher waits to know.
         *
         * @param limit a millisecond to {@link DurableOptions#MAX_DEADLINE}. Default: {@link DurableOptions#DEFAULT_DEADLINE}
         */
        public Builder deadline(Duration limit) {
            this.deadline = Objects.requireNonNull(limit, "deadline");
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is outside its range
         */
        public DurableOptions build() {
            return new DurableOptions(
                    Optional.ofNullable(directory), keep, retainBytes, retainMessages, retainFor, replicas, deadline);
        }
    }
}
