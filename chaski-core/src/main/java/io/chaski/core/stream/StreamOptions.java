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
 * @param maxWindowBytes most bytes that the other side may send before this one has consumed them, {@value #MIN_WINDOW_BYTES} to
 *     {@value #MAX_WINDOW_BYTES}. The window begins with the least, and grows while messages are consumed as fast as they come over
 *     a way that is long, as far as the node has memory for it. {@value #DEFAULT_MAX_WINDOW_BYTES} if nobody says anything, which is
 *     enough for 80 MB/s over 50 ms there and back; with manual credit the least, since the listener holds what it has not consumed
 */
public record StreamOptions(
        Map<String, String> headers,
        Optional<Duration> deadline,
        boolean manualCredit,
        Dispatch dispatch,
        int maxWindowBytes) {

    /** Most headers. */
    public static final int MAX_HEADERS = 32;

    /** Most bytes of all header names and values in UTF-8. */
    public static final int MAX_HEADER_BYTES = 4_096;

    /** What every stream begins with: short exchanges never wait. */
    public static final int MIN_WINDOW_BYTES = 256 << 10;

    /** Most that a window can grow to: as much as a node has for all windows of one peer. */
    public static final int MAX_WINDOW_BYTES = 8 << 20;

    /** What a window grows to, if need be and nobody says anything: two of a peer can, and a way across an ocean is filled. */
    public static final int DEFAULT_MAX_WINDOW_BYTES = 4 << 20;

    /** No headers, no deadline, automatic credit, callbacks on the callback executor. */
    public static final StreamOptions DEFAULTS = builder().build();

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if there are too many headers or they are too long, a name is empty, a text has
     *     half a surrogate pair, the deadline is not positive, or the window is out of range
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
        if (maxWindowBytes < MIN_WINDOW_BYTES || maxWindowBytes > MAX_WINDOW_BYTES) {
            throw new IllegalArgumentException(
                    "maxWindowBytes must be " + MIN_WINDOW_BYTES + " to " + MAX_WINDOW_BYTES + ": " + maxWindowBytes);
        }
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

    /**
     * What a window grows to if nobody says anything.
     *
     * @param manualCredit whether the listener holds what it has not consumed
     */
    public static int defaultMaxWindowBytes(boolean manualCredit) {
        return manualCredit ? MIN_WINDOW_BYTES : DEFAULT_MAX_WINDOW_BYTES;
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
        private @Nullable Integer maxWindowBytes;

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
         * Limits how far the window of this side grows.
         *
         * @param bytes {@value StreamOptions#MIN_WINDOW_BYTES} to {@value StreamOptions#MAX_WINDOW_BYTES}
         */
        public Builder maxWindowBytes(int bytes) {
            this.maxWindowBytes = bytes;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if there are too many headers or they are too long, a name is empty, a text
         *     has half a surrogate pair, the deadline is not positive, or the window is out of range
         */
        public StreamOptions build() {
            return new StreamOptions(
                    headers,
                    Optional.ofNullable(deadline),
                    manualCredit,
                    dispatch,
                    maxWindowBytes == null ? defaultMaxWindowBytes(manualCredit) : maxWindowBytes);
        }
    }
}
