package io.chaski.core.stream;

import io.chaski.core.Dispatch;
import io.chaski.core.internal.wire.Utf8;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is opened. Immutable.
 *
 * @param headers small text pairs for the other side, at most {@value #MAX_HEADERS} with {@value #MAX_HEADER_BYTES}
 *     bytes in all
 * @param deadline time the whole exchange may take, enforced on both sides; empty for none, which is the default because
 *     some exchanges last as long as the edge
 * @param manualCredit whether the listener calls {@link Stream#consumed} itself; by default a message counts as consumed
 *     when {@code onMessage} returns
 * @param dispatch where listeners are called
 */
public record StreamOptions(
        Map<String, String> headers, Optional<Duration> deadline, boolean manualCredit, Dispatch dispatch) {

    /** Most headers. */
    public static final int MAX_HEADERS = 32;

    /** Most bytes of all header names and values in UTF-8. */
    public static final int MAX_HEADER_BYTES = 4_096;

    /** No headers, no deadline, automatic credit, callbacks on the callback executor. */
    public static final StreamOptions DEFAULTS = builder().build();

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if there are too many headers or they are too long, a name is empty, a text has
     *     half a surrogate pair, or the deadline is not positive
     */
    public StreamOptions {
        headers = headers.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(dispatch, "dispatch");
        if (bytesOf(headers) > MAX_HEADER_BYTES || headers.size() > MAX_HEADERS) {
            throw new IllegalArgumentException(
                    "at most " + MAX_HEADERS + " headers with " + MAX_HEADER_BYTES + " bytes in all");
        }
        deadline.ifPresent(limit -> {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("deadline must be positive: " + limit);
            }
        });
    }

    /** Looks at each header here and not when the stream is opened, because that happens on the event loop. */
    private static int bytesOf(Map<String, String> headers) {
        int bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (header.getKey().isEmpty()) {
                throw new IllegalArgumentException("a header has an empty name");
            }
            bytes += bytesOf(header.getKey()) + bytesOf(header.getValue());
        }
        return bytes;
    }

    private static int bytesOf(String text) {
        try {
            return Utf8.length(text);
        } catch (IllegalArgumentException halfAPair) {
            throw new IllegalArgumentException("a header has half a surrogate pair", halfAPair);
        }
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a stream. Not thread-safe. */
    public static final class Builder {
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable Duration deadline;
        private boolean manualCredit;
        private Dispatch dispatch = Dispatch.CALLBACK;

        private Builder() {}

        /**
         * Adds a header, or takes another value for the one that has this name.
         *
         * @param name its name, not empty
         * @param value its value, may be empty
         */
        public Builder header(String name, String value) {
            headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Limits the time of the whole exchange.
         *
         * @param limit longer than nothing
         */
        public Builder deadline(Duration limit) {
            this.deadline = Objects.requireNonNull(limit, "limit");
            return this;
        }

        /**
         * Decides who grants credit.
         *
         * @param isManual whether the listener calls {@link Stream#consumed}
         */
        public Builder manualCredit(boolean isManual) {
            this.manualCredit = isManual;
            return this;
        }

        /**
         * Decides where listeners are called.
         *
         * @param where with {@link Dispatch#INLINE} only code that never blocks
         */
        public Builder dispatch(Dispatch where) {
            this.dispatch = where;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if there are too many headers or they are too long, a name is empty, a text
         *     has half a surrogate pair, or the deadline is not positive
         */
        public StreamOptions build() {
            return new StreamOptions(headers, Optional.ofNullable(deadline), manualCredit, dispatch);
        }
    }
}
