package io.chaski.core.security;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Objects;

/**
 * Who a peer has proved to be, as {@link CertificateVerifier} says; what a certificate says of itself is no proof. Whoever
 * makes one himself vouches for it. Immutable.
 *
 * @param uri who it is
 * @param serial number of its certificate, for revocation
 * @param key fingerprint of its public key: another one under the same URI is a renewal, or a thief
 * @param notAfter when its certificate, or one above it, ends: no connection may outlive it
 */
public record Identity(ChaskiUri uri, BigInteger serial, Fingerprint key, Instant notAfter) {

    /** Checks that nothing is missing. */
    public Identity {
        Objects.requireNonNull(uri, "uri");
        Objects.requireNonNull(serial, "serial");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(notAfter, "notAfter");
    }
}
