package io.chaski.core.internal.protocol;

import io.chaski.core.security.PeerIdentity;
import java.time.Instant;
import java.util.Objects;

/**
 * What the two ends of a connection have proved to each other. Immutable.
 *
 * @param peer who is at the other end
 * @param until when the first of the certificates of both ends ends: the connection must not be the only one then
 */
public record LinkIdentity(PeerIdentity peer, Instant until) {

    /** Checks that nothing is missing. */
    public LinkIdentity {
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(until, "until");
    }
}
