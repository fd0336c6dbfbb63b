package io.chaski.ca.internal.token;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a token says. Immutable.
 *
 * @param id drawn with 128 bits: a token is used up under it
 * @param notBefore when it begins, whole seconds
 * @param expires when it ends, whole seconds, 1 s to 24 h after its begin
 * @param root fingerprint of the root certificate: who does not lead to it is not the authority
 * @param key fingerprint of the only key that may use it, if it is bound to one
 * @param name the identity that it is for: a node's or an administrator's
 * @param maxLifetime longest life of the certificate, whole seconds, 1 s or more
 * @param addresses where the authority is, up to 4, each of 1 to 255 ASCII characters
 */
public record TokenClaims(
        TokenId id,
        Instant notBefore,
        Instant expires,
        Fingerprint root,
        Optional<Fingerprint> key,
        ChaskiUri name,
        Duration maxLifetime,
        List<String> addresses) {

    /** A day: who has not used it by then has forgotten it. */
    public static final Duration MAX_VALIDITY = Duration.ofHours(24);

    /** Long enough to walk to the machine, too short to lie about. */
    public static final Duration DEFAULT_VALIDITY = Duration.ofMinutes(15);

    static final int MAX_ADDRESSES = 4;
    static final int MAX_ADDRESS_LENGTH = 255;
    private static final long MAX_SECONDS = 0xFFFF_FFFFL;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside
     */
    public TokenClaims {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(root, "root");
        Objects.requireNonNull(key, "key");
        addresses = List.copyOf(addresses);
        checkSeconds("notBefore", notBefore.getEpochSecond(), notBefore.getNano());
        checkSeconds("expires", expires.getEpochSecond(), expires.getNano());
        checkSeconds("maxLifetime", maxLifetime.toSeconds(), maxLifetime.toNanosPart());
        Duration validity = Duration.between(notBefore, expires);
        if (validity.isNegative() || validity.isZero() || validity.compareTo(MAX_VALIDITY) > 0) {
            throw new IllegalArgumentException("a token is valid for 1 s to " + MAX_VALIDITY + ", not " + validity);
        }
        if (name.role() == ChaskiUri.Role.CA) {
            // Whoever has such a certificate can pose as the authority itself.
            throw new IllegalArgumentException("the identities of authorities are not given by token");
        }
        if (addresses.size() > MAX_ADDRESSES || !addresses.stream().allMatch(TokenClaims::isAddress)) {
            throw new IllegalArgumentException("a token has up to " + MAX_ADDRESSES + " addresses of 1 to "
                    + MAX_ADDRESS_LENGTH + " ASCII characters");
        }
    }

    private static void checkSeconds(String name, long seconds, int nanos) {
        if (seconds < 1 || seconds > MAX_SECONDS || nanos != 0) {
            throw new IllegalArgumentException(name + " is 1 to " + MAX_SECONDS + " whole seconds");
        }
    }

    private static boolean isAddress(String address) {
        return !address.isEmpty()
                && address.length() <= MAX_ADDRESS_LENGTH
                && StandardCharsets.US_ASCII.newEncoder().canEncode(address)
                && address.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
