package io.chaski.ca.internal.net;

import io.chaski.ca.internal.authority.RateLimit;
import io.chaski.ca.internal.authority.RemoteHost;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Who may connect, before a byte was read: so many at a time, so many of one host, so many a second. Confined to one
 * thread; sockets and clocks are arguments.
 */
final class ConnectionLimits {

    private static final String ALL = "";

    private final ServerLimits limits;
    private final RateLimit accepts = new RateLimit(Duration.ofMillis(5), 200);
    private final RateLimit acceptsOfHost = new RateLimit(Duration.ofMillis(50), 40);

    /** Only hosts with connections, so no more than those. */
    private final Map<String, Integer> open = new HashMap<>();

    private int connections;
    private int handshakes;

    ConnectionLimits(ServerLimits limits) {
        this.limits = limits;
    }

    /** Whether a host may have one more; if so, {@link #shaken} and {@link #release} follow. */
    boolean admit(RemoteHost host, long nowNanos) {
        boolean hasRoom = connections < limits.connections()
                && handshakes < limits.handshakes()
                && accepts.waitFor(ALL, nowNanos).isZero();
        if (host.isLimited()) {
            hasRoom = hasRoom
                    && open.getOrDefault(host.name(), 0) < limits.connectionsOfHost()
                    && acceptsOfHost.waitFor(host.name(), nowNanos).isZero();
        }
        if (!hasRoom) {
            return false;
        }
        accepts.use(ALL, nowNanos);
        if (host.isLimited()) {
            acceptsOfHost.use(host.name(), nowNanos);
        }
        open.merge(host.name(), 1, Integer::sum);
        connections++;
        handshakes++;
        return true;
    }

    /** A handshake is over, one way or the other. */
    void shaken() {
        handshakes--;
    }

    /** A connection has ended. */
    void release(RemoteHost host) {
        connections--;
        open.computeIfPresent(host.name(), (name, count) -> count == 1 ? null : count - 1);
    }

    /** How many connections there are. */
    int connections() {
        return connections;
    }
}
