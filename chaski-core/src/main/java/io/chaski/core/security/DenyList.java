package io.chaski.core.security;

import java.math.BigInteger;
import java.util.Objects;
import java.util.Set;

/**
 * Whom this node refuses whatever the authority says. Works without the authority. Immutable.
 *
 * @param serials numbers of certificates, of peers or of issuing authorities
 * @param keys fingerprints of public keys, in whatever certificate
 * @param uris identities, with whatever key
 */
public record DenyList(Set<BigInteger> serials, Set<Fingerprint> keys, Set<ChaskiUri> uris) {

    /** Denies nobody. */
    public static final DenyList EMPTY = new DenyList(Set.of(), Set.of(), Set.of());

    /** Copies the sets. */
    public DenyList {
        serials = Set.copyOf(Objects.requireNonNull(serials, "serials"));
        keys = Set.copyOf(Objects.requireNonNull(keys, "keys"));
        uris = Set.copyOf(Objects.requireNonNull(uris, "uris"));
    }
}
