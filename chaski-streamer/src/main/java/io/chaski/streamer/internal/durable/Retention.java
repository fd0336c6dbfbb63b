package io.chaski.streamer.internal.durable;

import java.time.Duration;
import java.util.Objects;

/**
 * How much of a topic is kept. Whichever limit is reached first gives up the oldest messages, as the store has received
 * them, a segment at a time: a sixteenth of a limit. So between seven eighths of each limit and all of it is kept, and
 * nothing of that is given up before. Immutable.
 *
 * @param maxBytes most bytes of messages on disk, {@value #LEAST_BYTES} to {@value #MOST_BYTES}. On top come how far consumers are, as much at
 *     most before messages are given up for it, and for each file, of which there are 17 and rarely more than twice as many, what is known of
 *     consumers and of what was given up: mostly some kilobytes, two megabytes at most
 * @param maxMessages most messages, 16 to {@value #MOST_MESSAGES}; each takes up to 24 bytes of memory, and some more if
 *     messages come out of order
 * @param maxAge how long a message is kept by its own timestamp, from a second to {@link #FOREVER}. It stays longer if newer
 *     ones have come within a sixteenth of that time: until these are as old. The wall clock decides: a clock that is set
 *     forward gives messages up earlier
 */
public record Retention(long maxBytes, long maxMessages, Duration maxAge) {

    /** No message is given up because of its age. */
    public static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

    /** A segment then has 4 KiB, one page; smaller logs are of use in tests only. */
    public static final long LEAST_BYTES = 64 << 10;

    /** A segment then has a GiB; opening a store reads all of it, which takes minutes at this size. */
    public static final long MOST_BYTES = 16L << 30;

    /** 240 MB of memory. */
    public static final long MOST_MESSAGES = 10_000_000;

    /** 256 MiB, 1,000,000 messages, a week: enough to be away over a holiday, and no surprise on any disk. */
    public static final Retention DEFAULTS = new Retention(256L << 20, 1_000_000, Duration.ofDays(7));

    /** Giving up less at a time would make many files, giving up more would keep too little. */
    private static final int SEGMENTS = 16;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside its range
     */
    public Retention {
        checkRange("maxBytes", maxBytes, LEAST_BYTES, MOST_BYTES);
        checkRange("maxMessages", maxMessages, SEGMENTS, MOST_MESSAGES);
        Objects.requireNonNull(maxAge, "maxAge");
        if (maxAge.compareTo(Duration.ofSeconds(1)) < 0 || maxAge.compareTo(FOREVER) > 0) {
            throw new IllegalArgumentException("maxAge must be a second to FOREVER: " + maxAge);
        }
    }

    private static void checkRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ": " + value);
        }
    }

    /** Most bytes of a segment, and so of a message with its header. */
    int segmentBytes() {
        return (int) (maxBytes / SEGMENTS);
    }

    /** Most bytes of all records: messages, and how far consumers are. */
    long maxRecordBytes() {
        return 2 * maxBytes;
    }

    /** Most messages of a segment. */
    long segmentMessages() {
        return maxMessages / SEGMENTS;
    }

    /** How long a segment is written to. */
    long segmentMillis() {
        return maxAge.toMillis() / SEGMENTS;
    }
}
