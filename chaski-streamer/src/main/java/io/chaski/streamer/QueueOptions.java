package io.chaski.streamer;

import io.chaski.core.Message;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.SubscribeOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a stream queues, and what it lets through. Immutable.
 *
 * @param capacity how many messages the queue holds, 1 to {@link SubscribeOptions#MAX_CAPACITY}; {@link
 *     SubscribeOptions#DEFAULT_CAPACITY} by default
 * @param capacityBytes how many bytes the queue holds, 1 or more; {@link SubscribeOptions#DEFAULT_CAPACITY_BYTES} by
 *     default. Up to 64 messages or 256 KiB that are being taken count no more
 * @param overflow what happens when either is exceeded; {@link OverflowPolicy#BLOCK} by default, because a stream that
 *     loses messages by itself would surprise
 * @param key only messages with this key; all if empty
 * @param headers only messages that have all these headers
 */
public record QueueOptions(
        int capacity, long capacityBytes, OverflowPolicy overflow, Optional<String> key, Map<String, String> headers) {

    /** 1,024 messages, 16 MiB, publishers wait, everything passes. */
    public static final QueueOptions DEFAULTS = builder().build();

    /** Copies the headers and checks the ranges. */
    public QueueOptions {
        Objects.requireNonNull(overflow, "overflow");
        Objects.requireNonNull(key, "key");
        headers = Map.copyOf(headers);
        subscribeOptions(capacity, capacityBytes, overflow);
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether a message passes the filters. */
    boolean matches(Message<?> message) {
        return (key.isEmpty() || key.equals(message.key()))
                && message.headers().entrySet().containsAll(headers.entrySet());
    }

    SubscribeOptions toSubscribeOptions() {
        return subscribeOptions(capacity, capacityBytes, overflow);
    }

    private static SubscribeOptions subscribeOptions(int capacity, long capacityBytes, OverflowPolicy overflow) {
        return SubscribeOptions.builder()
                .capacity(capacity)
                .capacityBytes(capacityBytes)
                .overflow(overflow)
                .build();
    }

    /** Collects the options of a stream. Not thread-safe. */
    public static final class Builder {
        private int capacity = SubscribeOptions.DEFAULT_CAPACITY;
        private long capacityBytes = SubscribeOptions.DEFAULT_CAPACITY_BYTES;
        private OverflowPolicy overflow = OverflowPolicy.BLOCK;
        private @Nullable String key;
        private final Map<String, String> headers = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Bounds the queue in messages.
         *
         * @param messages 1 to {@link SubscribeOptions#MAX_CAPACITY}
         */
        public Builder capacity(int messages) {
            this.capacity = messages;
            return this;
        }

        /**
         * Bounds the queue in bytes.
         *
         * @param bytes 1 or more
         */
        public Builder capacityBytes(long bytes) {
            this.capacityBytes = bytes;
            return this;
        }

        /**
         * Decides what happens when the queue is full.
         *
         * @param policy who waits, or what is given up
         */
        public Builder overflow(OverflowPolicy policy) {
            this.overflow = policy;
            return this;
        }

        /**
         * Lets only messages with this key through.
         *
         * @param value as published
         */
        public Builder key(String value) {
            this.key = Objects.requireNonNull(value, "key");
            return this;
        }

        /**
         * Lets only messages with this header through, and with all others that are named.
         *
         * @param name of the header
         * @param value as published
         * @throws IllegalArgumentException if the name was used already
         */
        public Builder header(String name, String value) {
            Objects.requireNonNull(value, "value");
            if (headers.putIfAbsent(Objects.requireNonNull(name, "name"), value) != null) {
                throw new IllegalArgumentException("header given twice: " + name);
            }
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public QueueOptions build() {
            return new QueueOptions(capacity, capacityBytes, overflow, Optional.ofNullable(key), headers);
        }
    }
}
