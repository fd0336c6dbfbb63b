package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.TokenBucket;

/**
 * Decides which connections of strangers are let in: so many a second, so many handshakes at a time, and so many of
 * them from one host. Refused ones are closed without a word. Confined to the node's event loop.
 */
final class Admission {

    private final EdgeSettings settings;
    private final TokenBucket accepts;
    private final HostQuota hosts;
    private int handshakes;

    Admission(EdgeSettings settings) {
        this.settings = settings;
        this.accepts = new TokenBucket(settings.acceptsPerSecond(), settings.acceptsPerSecond());
        this.hosts = new HostQuota(settings.maxHandshakesPerHost());
    }

    /** Lets a connection begin its handshake; {@link #onHandshakeEnded} must follow if this is true. */
    boolean admit(Address remote, long nowNanos) {
        if (!accepts.tryTake(1, nowNanos) || handshakes >= settings.maxHandshakes() || !hosts.hasRoomFor(remote)) {
            return false;
        }
        hosts.take(remote);
        handshakes++;
        return true;
    }

    void tellTables(TableAudience audience) {
        audience.hear("handshakes", handshakes, settings.maxHandshakes());
        audience.hear("hosts with handshakes", hosts.hosts(), settings.maxHandshakes());
    }

    /** The connection has become an edge or is gone. */
    void onHandshakeEnded(Address remote) {
        handshakes--;
        hosts.giveBack(remote);
    }
}
