package io.chaski.remote.internal.schedule;

import java.time.Duration;

/** The numbers of schedules. */
public final class Limits {

    /** Whoever has more to do regularly at one node does it with one schedule. */
    public static final int MAX_PER_CALLER = 64;

    /** Sixteen callers that have all they may. */
    public static final int MAX_PER_NODE = 1_024;

    /** With all schedules of a node 64 MiB at most. */
    public static final int MAX_ARGUMENT_BYTES = 64 << 10;

    /** Some 20 KiB of an order. */
    public static final int MAX_INSTANTS = 1_000;

    /** What comes more often is a stream. */
    public static final Duration SHORTEST_PERIOD = Duration.ofMillis(10);

    /** Sums of two stay within the range of a clock in nanoseconds. */
    public static final Duration LONGEST = Duration.ofDays(36_525);

    /** The clock of the wall may be set meanwhile. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    /** Schedules that are over and can still be asked for: as many as there may be others. */
    static final int MAX_OVER = MAX_PER_NODE;

    private Limits() {}
}
