package io.chaski.ca.internal.net;

import java.time.Duration;

/**
 * What the listener lets itself in for.
 *
 * @param connections at a time
 * @param connectionsOfHost at a time, of one host that is not this machine
 * @param handshakes at a time: each costs a signature and up to three checks of one, some milliseconds of a core
 * @param exchange from the connection to the last byte of the answer, and so the longest that anybody holds a place
 */
public record ServerLimits(int connections, int connectionsOfHost, int handshakes, Duration exchange) {

    /** More would wait longer for the 20 enrolments a second than their nodes do. */
    public static final ServerLimits STANDARD = new ServerLimits(256, 8, 64, Duration.ofSeconds(10));
}
