package io.chaski.core.stream;

import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a stream is opened. Immutable; each method returns a changed copy.
 *
 * @param headers small text pairs for the other side, at most {@value #MAX_HEADERS} with {@value #MAX_HEADER_BYTES}
 *     bytes in all
 * @param deadline time the whole exchange may take, enforced on both sides; empty for none, which is the default because
 *     some exchanges last as long as the edge
 * @param manualCredit whether the listener calls {@link Stream#consumed} itself; by default a message counts as consumed
 *     when {@code onMessage} returns
 * @param inline whether listeners are called on the event loop itself: only for code that never blocks
 */
public record StreamOptions(
        Map<String, String> headers, Optional<Duration> deadline, boolean manualCredit, boolean inline) {

    /** Most headers. */
    public static final int MAX_HEADERS = 32;

    /** Most bytes of all header names and values in UTF-8. */
    public static final int MAX_HEADER_BYTES = 4_096;

    /** No headers, no deadline, automatic credit, callbacks off the event loop. */
    public static final StreamOptions DEFAULTS = new StreamOptions(Map.of(), Optional.empty(), false, false);

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if there are too many headers or they are too long, a name is empty, a text has
     *     half a surrogate pair, or the deadline is not positive
     */
    public StreamOptions {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        Objects.requireNonNull(deadline, "deadline");
        headers.forEach(StreamOptions::check);
        if (headers.size() > MAX_HEADERS || bytesOf(headers) > MAX_HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "at most " + MAX_HEADERS + " headers with " + MAX_HEADER_BYTES + " bytes in all");
        }
        deadline.ifPresent(limit -> {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("deadline must be positive: " + limit);
            }
        });
    }

    /**
     * With one header more, or with another value of the one that has this name.
     *
     * @param name its name, not empty
     * @param value its value, may be empty
     * @throws IllegalArgumentException if there are too many headers then, or they are too long
     */
    public StreamOptions header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new StreamOptions(more, deadline, manualCredit, inline);
    }

    /**
     * With a deadline.
     *
     * @param limit positive
     */
    public StreamOptions deadline(Duration limit) {
        return new StreamOptions(headers, Optional.of(limit), manualCredit, inline);
    }

    /** With credit granted by the listener. */
    public StreamOptions withManualCredit() {
        return new StreamOptions(headers, deadline, true, inline);
    }

    /** With listeners called on the event loop. */
    public StreamOptions inlined() {
        return new StreamOptions(headers, deadline, manualCredit, true);
    }

    /** Here and not when the stream is opened, because that happens on the event loop. */
    private static void check(String name, String value) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a header has an empty name");
        }
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        if (!encoder.canEncode(name) || !encoder.canEncode(value)) {
            throw new IllegalArgumentException("a header has half a surrogate pair");
        }
    }

    private static int bytesOf(Map<String, String> headers) {
        int bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            bytes += header.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += header.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes;
    }
}
