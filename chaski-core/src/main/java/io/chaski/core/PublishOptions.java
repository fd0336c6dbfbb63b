package io.chaski.core;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What one message says beside its payload. Immutable.
 *
 * @param key what the message is about, at most 255 bytes of UTF-8; subscribers may sort by it
 * @param headers at most 32 pairs and 4 KiB, in order
 * @param hopLimit 1 to 255 edges; the topic's own limit if empty
 * @param live whether to leave subscribers behind that take no more ({@link OverflowPolicy#BLOCK}) instead of waiting for
 *     them, here and on the message's way: they pull what they missed as long as it is kept, and see gaps
 * @param patience longest that {@link ChaskiNode#publish} waits for room and for credit, zero not to wait; {@link
 *     MessageOptions#slowConsumerTimeout} if empty. {@link ChaskiNode#publishAsync} waits for no room, and for credit unless
 *     this is zero
 */
public record PublishOptions(
        Optional<String> key,
        Map<String, String> headers,
        OptionalInt hopLimit,
        boolean live,
        Optional<Duration> patience) {

    /** No key, no headers, the topic's hop limit. */
    public static final PublishOptions NONE = builder().build();

    /** Checks the hop limit and copies the headers; sizes are checked when a message is published. */
    public PublishOptions {
        Objects.requireNonNull(key, "key");
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        hopLimit.ifPresent(Topic::checkHopLimit);
        patience.ifPresent(PublishOptions::checkPatience);
    }

    private static Duration checkPatience(Duration patience) {
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience must not be negative: " + patience);
        }
        return patience;
    }

    /** Starts from {@link #NONE}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a message. Not thread-safe. */
    public static final class Builder {
        private @Nullable String key;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private OptionalInt hopLimit = OptionalInt.empty();
        private boolean live;
        private @Nullable Duration patience;

        private Builder() {}

        /**
         * Says what the message is about.
         *
         * @param about at most 255 bytes of UTF-8
         */
        public Builder key(String about) {
            this.key = Objects.requireNonNull(about, "key");
            return this;
        }

        /**
         * Adds a header.
         *
         * @param name each name at most once
         * @param value any text
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
         * Limits how far the message travels.
         *
         * @param limit 1 to 255 edges
         */
        public Builder hopLimit(int limit) {
            this.hopLimit = OptionalInt.of(Topic.checkHopLimit(limit));
            return this;
        }

        /**
         * Leaves subscribers behind that take no more: they pull what they missed, and see gaps. Messages of the topic that
         * wait for credit on this node go before it, and as live ones.
         */
        public Builder live() {
            this.live = true;
            return this;
        }

        /**
         * Limits how long {@link ChaskiNode#publish} waits for room and for credit.
         *
         * @param longest zero not to wait
         */
        public Builder patience(Duration longest) {
            this.patience = checkPatience(Objects.requireNonNull(longest, "patience"));
            return this;
        }

        /** The options. */
        public PublishOptions build() {
            return new PublishOptions(Optional.ofNullable(key), headers, hopLimit, live, Optional.ofNullable(patience));
        }
    }
}
