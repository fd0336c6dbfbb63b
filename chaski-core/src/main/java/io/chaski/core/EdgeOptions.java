package io.chaski.core;

import io.chaski.core.internal.wire.WireLimits;
import java.time.Duration;

/**
 * How edges are kept. Immutable.
 *
 * @param keepAlive silence after which a peer is asked whether it is there, 100 ms to 1 h
 * @param deadAfter silence after which a peer is given up; more than twice {@code keepAlive}, at most 2 h
 * @param reconnections how often in a row a lost peer that was dialled by {@link ChaskiNode#connect}, or in manual
 *     topology a bootstrap node, is dialled again; 0 never, {@link #UNLIMITED} for ever
 * @param maxConnections edges at most, 1 to 65,536; above the default more strangers are let in as well, in proportion
 * @param maxFrame largest frame that is accepted, in bytes, 128 KiB to 16 MiB
 */
public record EdgeOptions(Duration keepAlive, Duration deadAfter, int reconnections, int maxConnections, int maxFrame) {

    /** Any frame counts as life, so this costs only on idle edges; the 7 s of python-chaski find the dead too late. */
    public static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(2);

    /** Four asks unanswered; less than 5 s is too nervous on WiFi, 10 s is what users begin to notice. */
    public static final Duration DEFAULT_DEAD_AFTER = Duration.ofSeconds(8);

    /** Never gives up. The default: a peer that was configured is wanted, however long it is away. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** The files a process may open by default on most systems. */
    public static final int DEFAULT_MAX_CONNECTIONS = 1_024;

    /** Room for any reasonable message, and a peer that lies about a length cannot exhaust the heap. */
    public static final int DEFAULT_MAX_FRAME = WireLimits.DEFAULT_MAX_FRAME;

    /** A piece of a stream of 64 KiB must fit, with as much again for control frames that list things. */
    public static final int MIN_MAX_FRAME = 128 << 10;

    /** More than this at once would delay pings by tens of milliseconds even on a fast link. */
    public static final int MAX_MAX_FRAME = 16 << 20;

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_CONNECTIONS = 1 << 16;

    /**
     * Checks the ranges.
     *
     * @throws ConfigurationException if a value is out of its range, naming it
     */
    public EdgeOptions {
        if (keepAlive.compareTo(SHORTEST) < 0 || keepAlive.compareTo(LONGEST) > 0) {
            throw new ConfigurationException("keepAlive must be " + SHORTEST + " to " + LONGEST + ": " + keepAlive);
        }
        if (deadAfter.compareTo(keepAlive.multipliedBy(2)) <= 0 || deadAfter.compareTo(LONGEST.multipliedBy(2)) > 0) {
            throw new ConfigurationException("deadAfter must be more than twice keepAlive (" + keepAlive
                    + "), or one lost answer ends an edge, and at most 2 h: " + deadAfter);
        }
        if (reconnections < 0) {
            throw new ConfigurationException("reconnections must be 0 or more: " + reconnections);
        }
        if (maxConnections < 1 || maxConnections > MOST_CONNECTIONS) {
            throw new ConfigurationException("maxConnections must be 1 to " + MOST_CONNECTIONS + ": " + maxConnections);
        }
        if (maxFrame < MIN_MAX_FRAME || maxFrame > MAX_MAX_FRAME) {
            throw new ConfigurationException(
                    "maxFrame must be " + MIN_MAX_FRAME + " to " + MAX_MAX_FRAME + " bytes: " + maxFrame);
        }
    }
}
