package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.IpLiteral;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides which connections of strangers are let in (security.md section 1.3, design.md section 13.2): so many a
 * second, so many handshakes at a time, and so many of them from one host. Peers on the same machine share no host
 * limit. Refused ones are closed without a word. Confined to the node's event loop; the map is never iterated and
 * holds one entry per host with a handshake under way.
 */
final class Admission {

    private final EdgeSettings settings;
    private final TokenBucket accepts;
    private final Map<Object, Integer> handshakesByHost = new HashMap<>();
    private int handshakes;

    Admission(EdgeSettings settings) {
        this.settings = settings;
        this.accepts = new TokenBucket(settings.acceptsPerSecond(), settings.acceptsPerSecond());
    }

    /** Lets a connection begin its handshake; {@link #onHandshakeEnded} must follow if this is true. */
    boolean admit(Address remote, long nowNanos) {
        if (!accepts.tryTake(1, nowNanos) || handshakes >= settings.maxHandshakes()) {
            return false;
        }
        if (!remote.isLocal()) {
            int ofHost = handshakesByHost.getOrDefault(host(remote), 0);
            if (ofHost >= settings.maxHandshakesPerHost()) {
                return false;
            }
            handshakesByHost.put(host(remote), ofHost + 1);
        }
        handshakes++;
        return true;
    }

    /** The connection has become an edge or is gone. */
    void onHandshakeEnded(Address remote) {
        handshakes--;
        if (!remote.isLocal()) {
            handshakesByHost.computeIfPresent(host(remote), (host, count) -> count == 1 ? null : count - 1);
        }
    }

    private static Object host(Address remote) {
        IpLiteral ip = IpLiteral.parse(remote.host());
        return ip == null ? remote.host() : ip.site();
    }
}
