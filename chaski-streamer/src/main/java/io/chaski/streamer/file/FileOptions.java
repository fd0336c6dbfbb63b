package io.chaski.streamer.file;

import java.time.Duration;
import java.util.Objects;

/**
 * Bounds of a file exchange. Immutable.
 *
 * @param transfers files received at a time, 1 to 1,024
 * @param transfersPerPeer files received at a time that one node has offered, 1 to 1,024
 * @param waiting accepted files that wait for their turn, 0 to 100,000; more are refused with {@link FileProblem#LIMIT}, those
 *     first whose sender has most waiting
 * @param sources nodes that one file is received from at a time, 1 to 64
 * @param freeBytes free space of the disk that is not used
 * @param freePercent the same in percent of the disk, 0 to 99; the larger of both counts
 * @param directoryQuotaBytes largest sum of the files below a receiving directory, unfinished ones included
 * @param idleExpiry how long a file waits for a chunk before it is given up, 100 ms to 1 d, beside what the chunk itself takes
 *     at 64 KiB/s: 4 s for files up to 7.8 GiB
 */
public record FileOptions(
        int transfers,
        int transfersPerPeer,
        int waiting,
        int sources,
        long freeBytes,
        int freePercent,
        long directoryQuotaBytes,
        Duration idleExpiry) {

    /** Enough for disks and networks that like parallel work; each costs a file, a few streams and a MiB. */
    public static final int DEFAULT_TRANSFERS = 16;

    /** One peer that never finishes leaves room for three others. */
    public static final int DEFAULT_TRANSFERS_PER_PEER = 4;

    /** A large directory tree, at about 1 KiB each. */
    public static final int DEFAULT_WAITING = 10_000;

    /** More would not be faster: the receiver's own link or disk is the limit by then. */
    public static final int DEFAULT_SOURCES = 6;

    /** What an operating system needs to stay usable. */
    public static final long DEFAULT_FREE_BYTES = 1L << 30;

    /** File systems become slow when they are nearly full. */
    public static final int DEFAULT_FREE_PERCENT = 5;

    /** Longer than a restart of a publisher, short enough that temporary files do not pile up. */
    public static final Duration DEFAULT_IDLE_EXPIRY = Duration.ofSeconds(60);

    private static final int MOST_TRANSFERS = 1_024;
    private static final int MOST_WAITING = 100_000;
    private static final int MOST_SOURCES = 64;
    private static final Duration SHORTEST_EXPIRY = Duration.ofMillis(100);
    private static final Duration LONGEST_EXPIRY = Duration.ofDays(1);

    /** The defaults: no quota, the other numbers as the constants of this class give them. */
    public static final FileOptions DEFAULTS = builder().build();

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range, naming it
     */
    public FileOptions {
        Objects.requireNonNull(idleExpiry, "idleExpiry");
        check("transfers", transfers, 1, MOST_TRANSFERS);
        check("transfersPerPeer", transfersPerPeer, 1, MOST_TRANSFERS);
        check("waiting", waiting, 0, MOST_WAITING);
        check("sources", sources, 1, MOST_SOURCES);
        check("freeBytes", freeBytes, 0, Long.MAX_VALUE);
        check("freePercent", freePercent, 0, 99);
        check("directoryQuotaBytes", directoryQuotaBytes, 0, Long.MAX_VALUE);
        if (idleExpiry.compareTo(SHORTEST_EXPIRY) < 0 || idleExpiry.compareTo(LONGEST_EXPIRY) > 0) {
            throw new IllegalArgumentException(
                    "idleExpiry must be " + SHORTEST_EXPIRY + " to " + LONGEST_EXPIRY + ": " + idleExpiry);
        }
    }

    private static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ": " + value);
        }
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private int transfers = DEFAULT_TRANSFERS;
        private int transfersPerPeer = DEFAULT_TRANSFERS_PER_PEER;
        private int waiting = DEFAULT_WAITING;
        private int sources = DEFAULT_SOURCES;
        private long freeBytes = DEFAULT_FREE_BYTES;
        private int freePercent = DEFAULT_FREE_PERCENT;
        private long directoryQuotaBytes = Long.MAX_VALUE;
        private Duration idleExpiry = DEFAULT_IDLE_EXPIRY;

        private Builder() {}

        /**
         * Bounds the files received at a time.
         *
         * @param files 1 to 1,024
         */
        public Builder transfers(int files) {
            this.transfers = files;
            return this;
        }

        /**
         * Bounds the files received at a time that one node has offered.
         *
         * @param files 1 to 1,024
         */
        public Builder transfersPerPeer(int files) {
            this.transfersPerPeer = files;
            return this;
        }

        /**
         * Bounds the accepted files that wait for their turn.
         *
         * @param files 0 to 100,000
         */
        public Builder waiting(int files) {
            this.waiting = files;
            return this;
        }

        /**
         * Bounds the nodes that one file is received from at a time.
         *
         * @param nodes 1 to 64
         */
        public Builder sources(int nodes) {
            this.sources = nodes;
            return this;
        }

        /**
         * Reserves free space: the larger of both.
         *
         * @param bytes 0 or more
         * @param percent of the disk, 0 to 99
         */
        public Builder keepFree(long bytes, int percent) {
            this.freeBytes = bytes;
            this.freePercent = percent;
            return this;
        }

        /**
         * Bounds the sum of the files below a receiving directory. It is summed up anew for each file.
         *
         * @param bytes 0 or more
         */
        public Builder directoryQuota(long bytes) {
            this.directoryQuotaBytes = bytes;
            return this;
        }

        /**
         * Says how long a file waits for something new of it.
         *
         * @param duration 100 ms to 1 d
         */
        public Builder idleExpiry(Duration duration) {
            this.idleExpiry = duration;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public FileOptions build() {
            return new FileOptions(
                    transfers,
                    transfersPerPeer,
                    waiting,
                    sources,
                    freeBytes,
                    freePercent,
                    directoryQuotaBytes,
                    idleExpiry);
        }
    }
}
