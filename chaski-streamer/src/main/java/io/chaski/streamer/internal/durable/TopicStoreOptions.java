package io.chaski.streamer.internal.durable;

import io.chaski.core.Environment;
import io.chaski.streamer.TopicStoreException;
import java.util.Objects;

/**
 * How a store is kept. Immutable.
 *
 * @param retention how much of the topic is kept; may differ from that of the last time
 * @param freeSpaceFloorBytes bytes that must stay free on the disk, 0 or more; messages that come when there are fewer are
 *     refused as {@link TopicStoreException.Problem#DISK_FULL}
 * @param reserveBytes bytes of a file that is there to be given up, 0 to 16 MiB: when the disk is full nevertheless, cursors
 *     move and old messages are given up in its place
 * @param environment where the time comes from
 */
public record TopicStoreOptions(
        Retention retention, long freeSpaceFloorBytes, int reserveBytes, Environment environment) {

    /** 64 MiB, as of the storage: other programs, and their logs, still find room. */
    public static final long DEFAULT_FREE_SPACE_FLOOR_BYTES = 64L << 20;

    /** 16 MiB: what a store writes about itself for a day is less. */
    public static final int MOST_RESERVE_BYTES = 16 << 20;

    /** Room for the largest head that a segment can have, so that something can be given up at all. */
    public static final int DEFAULT_RESERVE_BYTES = 2 << 20;

    /** All of the above. */
    public static final TopicStoreOptions DEFAULTS = new TopicStoreOptions(
            Retention.DEFAULTS, DEFAULT_FREE_SPACE_FLOOR_BYTES, DEFAULT_RESERVE_BYTES, Environment.system());

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside its range
     */
    public TopicStoreOptions {
        Objects.requireNonNull(retention, "retention");
        Objects.requireNonNull(environment, "environment");
        if (freeSpaceFloorBytes < 0) {
            throw new IllegalArgumentException("freeSpaceFloorBytes must be 0 or more: " + freeSpaceFloorBytes);
        }
        if (reserveBytes < 0 || reserveBytes > MOST_RESERVE_BYTES) {
            throw new IllegalArgumentException("reserveBytes must be 0 to " + MOST_RESERVE_BYTES + ": " + reserveBytes);
        }
    }
}
