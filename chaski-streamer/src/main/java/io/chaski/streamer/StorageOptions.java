package io.chaski.streamer;

import io.chaski.core.Environment;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much a {@link Storage} keeps, and for how long. Immutable.
 *
 * @param timeToLive how long an entry lives for which nothing else is said; positive, or {@link Storage#FOREVER}
 * @param maxEntries most entries, 1 to 10,000,000
 * @param maxBytes most bytes of all keys, in UTF-8, and encoded values, 1 or more. The file is larger: it has an index,
 *     and replaced values take space for some seconds
 * @param maxValueBytes most bytes of one encoded value, 1 to {@value #LARGEST_VALUE_BYTES}; a value is in memory as a
 *     whole when it is written and read
 * @param freeSpaceFloor bytes that must stay free on the disk, 0 or more; a write that would leave less is refused as
 *     {@link StorageException.Problem#DISK_FULL}
 * @param contentType how objects other than bytes and text are encoded
 * @param codecs how content types are encoded
 * @param environment where the time comes from
 */
public record StorageOptions(
        Duration timeToLive,
        long maxEntries,
        long maxBytes,
        int maxValueBytes,
        long freeSpaceFloor,
        String contentType,
        CodecRegistry codecs,
        Environment environment) {

    /** An hour: what is put and forgotten does not fill the disk. */
    public static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofHours(1);

    /** A list of all keys is still small. */
    public static final long DEFAULT_MAX_ENTRIES = 100_000;

    /** 256 MiB: no surprise on any disk. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    /** 16 MiB: documents and pictures; larger things are files. */
    public static final int DEFAULT_MAX_VALUE_BYTES = 16 << 20;

    /** 64 MiB: other programs, and their logs, still find room. */
    public static final long DEFAULT_FREE_SPACE_FLOOR = 64L << 20;

    /** 64 MiB: several values of this size fit a heap of ordinary size. */
    public static final int LARGEST_VALUE_BYTES = 64 << 20;

    /** All of the above; objects as CBOR; the system's clock. */
    public static final StorageOptions DEFAULTS = builder().build();

    private static final long LARGEST_MAX_ENTRIES = 10_000_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside its range, or no codec has the content type
     */
    public StorageOptions {
        Storage.checkTimeToLive(timeToLive);
        checkRange("maxEntries", maxEntries, 1, LARGEST_MAX_ENTRIES);
        checkRange("maxBytes", maxBytes, 1, Long.MAX_VALUE);
        checkRange("maxValueBytes", maxValueBytes, 1, LARGEST_VALUE_BYTES);
        checkRange("freeSpaceFloor", freeSpaceFloor, 0, Long.MAX_VALUE);
        codecs.get(contentType);
        Objects.requireNonNull(environment, "environment");
    }

    private static void checkRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ": " + value);
        }
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a storage. Not thread-safe. */
    public static final class Builder {
        private Duration timeToLive = DEFAULT_TIME_TO_LIVE;
        private long maxEntries = DEFAULT_MAX_ENTRIES;
        private long maxBytes = DEFAULT_MAX_BYTES;
        private int maxValueBytes = DEFAULT_MAX_VALUE_BYTES;
        private long freeSpaceFloor = DEFAULT_FREE_SPACE_FLOOR;
        private @Nullable String contentType;
        private final List<PayloadCodec> codecs = new ArrayList<>();
        private Environment environment = Environment.system();

        private Builder() {}

        /**
         * Decides how long an entry lives for which nothing else is said. Default:
         * {@link StorageOptions#DEFAULT_TIME_TO_LIVE}.
         *
         * @param duration positive, or {@link Storage#FOREVER}
         */
        public Builder timeToLive(Duration duration) {
            this.timeToLive = Objects.requireNonNull(duration, "timeToLive");
            return this;
        }

        /**
         * Limits the number of entries. Default: {@value StorageOptions#DEFAULT_MAX_ENTRIES}.
         *
         * @param entries 1 to 10,000,000
         */
        public Builder maxEntries(long entries) {
            this.maxEntries = entries;
            return this;
        }

        /**
         * Limits the size of all keys and values. Default: {@value StorageOptions#DEFAULT_MAX_BYTES}.
         *
         * @param bytes 1 or more
         */
        public Builder maxBytes(long bytes) {
            this.maxBytes = bytes;
            return this;
        }

        /**
         * Limits the size of a value. Default: {@value StorageOptions#DEFAULT_MAX_VALUE_BYTES}.
         *
         * @param bytes 1 to {@value StorageOptions#LARGEST_VALUE_BYTES}
         */
        public Builder maxValueBytes(int bytes) {
            this.maxValueBytes = bytes;
            return this;
        }

        /**
         * Leaves room on the disk. Default: {@value StorageOptions#DEFAULT_FREE_SPACE_FLOOR}.
         *
         * @param bytes 0 or more
         */
        public Builder freeSpaceFloor(long bytes) {
            this.freeSpaceFloor = bytes;
            return this;
        }

        /**
         * Encodes objects other than bytes and text in another way. Default: {@code application/cbor}.
         *
         * @param type of a built-in codec or one of {@link #codec}
         */
        public Builder contentType(String type) {
            this.contentType = Objects.requireNonNull(type, "contentType");
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
         * Takes the time from somewhere else. Default: {@link Environment#system()}.
         *
         * @param world whose wall clock decides what has expired
         */
        public Builder environment(Environment world) {
            this.environment = Objects.requireNonNull(world, "environment");
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is outside its range, or no codec has the content type
         */
        public StorageOptions build() {
            return new StorageOptions(
                    timeToLive,
                    maxEntries,
                    maxBytes,
                    maxValueBytes,
                    freeSpaceFloor,
                    contentType == null ? PayloadCodec.cbor().contentType() : contentType,
                    CodecRegistry.with(codecs),
                    environment);
        }
    }
}
