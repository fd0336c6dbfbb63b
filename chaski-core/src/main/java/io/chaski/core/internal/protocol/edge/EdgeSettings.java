package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.wire.WireLimits;
import java.util.concurrent.TimeUnit;

/**
 * Settings of this package; every default names its reason. Immutable.
 *
 * @param maxFrame largest frame this node accepts, in bytes; said in HELLO, and nodes that differ do not talk
 * @param handshakeNanos time between a connection and its edge
 * @param dialNanos least time a dial may take; four round trips if that is longer
 * @param pingIdleNanos silence after which a peer is pinged
 * @param leaseNanos silence after which a peer counts as dead, at full health
 * @param idleNanos time after which an edge that nobody holds is closed by the side that dialled it
 * @param drainNanos longest life of the connection that lost against another one to the same peer
 * @param maxEdges most edges, visitors aside
 * @param maxVisitors most edges above {@code maxEdges}, each for a moment
 * @param maxVisitorsPerHost the same, from one remote host
 * @param visitNanos how long an edge above {@code maxEdges} stands
 * @param maxHandshakes most connections that are not edges yet
 * @param maxHandshakesPerHost the same, from one remote host
 * @param acceptsPerSecond connections accepted in a second
 * @param datagramsPerSecond datagrams of one peer that are read in a second
 * @param reconnections attempts to reach a lost configured peer again, {@link #UNLIMITED} to never give up, 0 to
 *     never try
 * @param redialNanos back-off before the second attempt; doubles with each
 * @param redialCapNanos longest back-off
 * @param hintBurst dials on hearsay at once
 * @param hintsPerSecond dials on hearsay in the long run
 * @param isSecured whether nobody is let in who has not proved an identity
 */
public record EdgeSettings(
        int maxFrame,
        long handshakeNanos,
        long dialNanos,
        long pingIdleNanos,
        long leaseNanos,
        long idleNanos,
        long drainNanos,
        int maxEdges,
        int maxVisitors,
        int maxVisitorsPerHost,
        long visitNanos,
        int maxHandshakes,
        int maxHandshakesPerHost,
        int acceptsPerSecond,
        int datagramsPerSecond,
        int reconnections,
        long redialNanos,
        long redialCapNanos,
        int hintBurst,
        int hintsPerSecond,
        boolean isSecured) {

    /** Value of {@code reconnections} that never gives up. */
    public static final int UNLIMITED = -1;

    /** NATS gives TLS and authentication two seconds each; a stranger gets no more. */
    public static final long DEFAULT_HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** A dial and its handshake on a wide-area network. */
    public static final long DEFAULT_DIAL_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** A handshake of TLS comes before ours and computes for some milliseconds, or queues for it. */
    public static final long SECURING_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Four pings fit into the lease. */
    public static final long DEFAULT_PING_IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Between zenoh's 10 s and Zyre's 5 s, which is too nervous on a wireless network. */
    public static final long DEFAULT_LEASE_NANOS = TimeUnit.SECONDS.toNanos(8);
    /** Long enough that a client that calls once a minute keeps its edge. */
    public static final long DEFAULT_IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** Streams on the losing connection get this long to end. */
    public static final long DEFAULT_DRAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The usual limit of a process is 1,024 open files; most nodes need a few dozen. */
    public static final int DEFAULT_MAX_EDGES = 1_024;
    /** With a visit of three seconds, 160 nodes a minute hear of others through one that is full. */
    public static final int DEFAULT_MAX_VISITORS = 8;
    /** Half of them: no host keeps all others out. */
    public static final int DEFAULT_MAX_VISITORS_PER_HOST = 4;
    /** A join is answered in a round trip, and a walk of a few hops and the dial that ends it take two seconds more. */
    public static final long DEFAULT_VISIT_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** Strangers may not take more than a quarter of the connections: of those of a node with room for more edges as well. */
    public static final int DEFAULT_MAX_HANDSHAKES = 256;
    /** One host opens a few at a time; a thousand at once are an attack. */
    public static final int DEFAULT_MAX_HANDSHAKES_PER_HOST = 8;
    /** A join storm of a thousand nodes in one second passes; of a node with room for more edges it is more. */
    public static final int DEFAULT_ACCEPTS_PER_SECOND = 1_000;
    /** About 100 Mbit/s with the largest payload; whoever sends more needs the back-pressure of a stream. */
    public static final int DEFAULT_DATAGRAMS_PER_SECOND = 10_000;
    /** Peers that were configured are wanted for good. */
    public static final int DEFAULT_RECONNECTIONS = UNLIMITED;
    /** Half a second: a process that restarts is back about then. */
    public static final long DEFAULT_REDIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Half a minute keeps a dead address cheap and a returning one close. */
    public static final long DEFAULT_REDIAL_CAP_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** One REDIRECT names eight nodes. */
    public static final int DEFAULT_HINT_BURST = 8;
    /** A node that is lied to must not become a port scanner. */
    public static final int DEFAULT_HINTS_PER_SECOND = 1;

    /** Most connections to one peer at a time: a pair of crossing dials and a pair of late ones. */
    static final int MAX_LINKS_PER_PEER = 4;

    /** Every value as its constant says. */
    public static final EdgeSettings DEFAULTS = builder().build();

    /** Checks the relations between the values. */
    public EdgeSettings {
        requirePositive("maxFrame", maxFrame);
        requirePositive("handshakeNanos", handshakeNanos);
        requirePositive("dialNanos", dialNanos);
        requirePositive("pingIdleNanos", pingIdleNanos);
        requirePositive("idleNanos", idleNanos);
        requirePositive("drainNanos", drainNanos);
        requirePositive("maxEdges", maxEdges);
        requirePositive("maxVisitors", maxVisitors);
        requirePositive("maxVisitorsPerHost", maxVisitorsPerHost);
        requirePositive("visitNanos", visitNanos);
        requirePositive("maxHandshakes", maxHandshakes);
        requirePositive("maxHandshakesPerHost", maxHandshakesPerHost);
        requirePositive("acceptsPerSecond", acceptsPerSecond);
        requirePositive("datagramsPerSecond", datagramsPerSecond);
        requirePositive("redialNanos", redialNanos);
        requirePositive("hintBurst", hintBurst);
        requirePositive("hintsPerSecond", hintsPerSecond);
        if (leaseNanos <= 2 * pingIdleNanos) {
            throw new IllegalArgumentException("leaseNanos must be more than twice pingIdleNanos: " + leaseNanos);
        }
        if (redialCapNanos < redialNanos) {
            throw new IllegalArgumentException("redialCapNanos must not be below redialNanos: " + redialCapNanos);
        }
        if (reconnections < UNLIMITED) {
            throw new IllegalArgumentException("reconnections must be UNLIMITED, 0 or more: " + reconnections);
        }
    }

    /** Time that a connection has before its handshake to prove identities, 0 where there are none. */
    long securingNanos() {
        return isSecured ? SECURING_NANOS : 0;
    }

    /** All defaults, to change some. */
    public static Builder builder() {
        return new Builder();
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }

    /** What an application may change. Not thread-safe. */
    public static final class Builder {
        private int maxFrame = WireLimits.DEFAULT_MAX_FRAME;
        private long pingIdleNanos = DEFAULT_PING_IDLE_NANOS;
        private long leaseNanos = DEFAULT_LEASE_NANOS;
        private long idleNanos = DEFAULT_IDLE_NANOS;
        private int maxEdges = DEFAULT_MAX_EDGES;
        private int reconnections = DEFAULT_RECONNECTIONS;
        private long redialNanos = DEFAULT_REDIAL_NANOS;
        private long redialCapNanos = DEFAULT_REDIAL_CAP_NANOS;
        private boolean isSecured;

        private Builder() {}

        /** See {@link EdgeSettings#maxFrame}. */
        public Builder maxFrame(int bytes) {
            maxFrame = bytes;
            return this;
        }

        /** See {@link EdgeSettings#pingIdleNanos}. */
        public Builder pingIdleNanos(long nanos) {
            pingIdleNanos = nanos;
            return this;
        }

        /** See {@link EdgeSettings#leaseNanos}. */
        public Builder leaseNanos(long nanos) {
            leaseNanos = nanos;
            return this;
        }

        /** See {@link EdgeSettings#idleNanos}. */
        public Builder idleNanos(long nanos) {
            idleNanos = nanos;
            return this;
        }

        /** See {@link EdgeSettings#maxEdges}. */
        public Builder maxEdges(int edges) {
            maxEdges = edges;
            return this;
        }

        /** See {@link EdgeSettings#reconnections}. */
        public Builder reconnections(int attempts) {
            reconnections = attempts;
            return this;
        }

        /** See {@link EdgeSettings#redialNanos} and {@link EdgeSettings#redialCapNanos}. */
        public Builder redialNanos(long first, long cap) {
            redialNanos = first;
            redialCapNanos = cap;
            return this;
        }

        /** See {@link EdgeSettings#isSecured}. */
        public Builder secured(boolean wanted) {
            isSecured = wanted;
            return this;
        }

        /** The settings. */
        public EdgeSettings build() {
            return new EdgeSettings(
                    maxFrame,
                    DEFAULT_HANDSHAKE_NANOS,
                    DEFAULT_DIAL_NANOS,
                    pingIdleNanos,
                    leaseNanos,
                    idleNanos,
                    DEFAULT_DRAIN_NANOS,
                    maxEdges,
                    DEFAULT_MAX_VISITORS,
                    DEFAULT_MAX_VISITORS_PER_HOST,
                    DEFAULT_VISIT_NANOS,
                    inProportion(DEFAULT_MAX_HANDSHAKES),
                    DEFAULT_MAX_HANDSHAKES_PER_HOST,
                    inProportion(DEFAULT_ACCEPTS_PER_SECOND),
                    DEFAULT_DATAGRAMS_PER_SECOND,
                    reconnections,
                    redialNanos,
                    redialCapNanos,
                    DEFAULT_HINT_BURST,
                    DEFAULT_HINTS_PER_SECOND,
                    isSecured);
        }

        /** Whoever has room for more edges than by default must also be able to take so many more in. */
        private int inProportion(int limit) {
            return Math.max(limit, Math.toIntExact((long) limit * maxEdges / DEFAULT_MAX_EDGES));
        }
    }
}
