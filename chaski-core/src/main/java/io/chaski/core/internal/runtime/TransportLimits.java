package io.chaski.core.internal.runtime;

import io.chaski.core.internal.wire.WireLimits;
import java.time.Duration;

/**
 * Bounds of a node's connections. Immutable.
 *
 * @param maxFrame largest frame accepted once an edge is up, in bytes
 * @param lowWaterMark unsent bytes at which a connection counts as writable again
 * @param highWaterMark unsent bytes above which it does not
 * @param maxPendingBytes unsent bytes at which it is given up as a slow consumer
 * @param writeDeadlineNanos time without a byte accepted by the socket after which it is given up as well
 * @param closeTimeoutNanos time that a closing connection has to write its last frames
 */
public record TransportLimits(
        int maxFrame,
        int lowWaterMark,
        int highWaterMark,
        int maxPendingBytes,
        long writeDeadlineNanos,
        long closeTimeoutNanos) {

    private static final long MAX_UNFINISHED_BYTES = 32L << 20;

    /**
     * 1 MiB frames; marks of 256 and 512 KiB hold some milliseconds of a fast link, so that it never runs dry; 16 MiB
     * pending times a thousand connections is the most memory we would give; 10 s is longer than any pause of a peer
     * worth keeping; 1 s to close leaves room within the 5 s of a node's close.
     */
    public static final TransportLimits DEFAULTS = new TransportLimits(
            WireLimits.DEFAULT_MAX_FRAME,
            256 << 10,
            512 << 10,
            16 << 20,
            Duration.ofSeconds(10).toNanos(),
            Duration.ofSeconds(1).toNanos());

    /** Checks the numbers against each other. */
    public TransportLimits {
        if (lowWaterMark < 1 || lowWaterMark > highWaterMark || highWaterMark > maxPendingBytes) {
            throw new IllegalArgumentException(
                    "water marks must rise: " + lowWaterMark + ", " + highWaterMark + ", " + maxPendingBytes);
        }
        if (maxFrame < 1) {
            throw new IllegalArgumentException("maxFrame must be positive: " + maxFrame);
        }
        if (writeDeadlineNanos < 1 || closeTimeoutNanos < 1) {
            throw new IllegalArgumentException("deadlines must be positive");
        }
    }

    /**
     * What all connections of a node may hold of messages whose last part has not come: 32 MiB are sixteen edges with default
     * frames at their own limit, or thirty-two with one message of the largest size each; with larger frames, sixteen such messages.
     */
    public long maxUnfinishedBytes() {
        return Math.max(MAX_UNFINISHED_BYTES, 16L * maxFrame);
    }

    /**
     * The same limits with another largest frame. A connection stays writable while one message waits in parts, and may
     * then be given another one: both and what is between them must find room.
     *
     * @param bytes 1 or more
     */
    public TransportLimits withMaxFrame(int bytes) {
        long pending = Math.max(maxPendingBytes, 2L * bytes + 2L * highWaterMark);
        return new TransportLimits(
                bytes,
                lowWaterMark,
                highWaterMark,
                (int) Math.min(Integer.MAX_VALUE, pending),
                writeDeadlineNanos,
                closeTimeoutNanos);
    }
}
