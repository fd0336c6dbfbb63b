package io.chaski.ca;

import io.chaski.core.security.TrustDomain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How an authority is set up. Immutable.
 *
 * @param trustDomain whose identities it gives; cannot be changed later
 * @param leafLifetime how long certificates live, 5 minutes to 7 days; a day by default
 * @param allowedExpired how long after its end a certificate can be renewed, up to a day; not at all by default
 * @param addresses where nodes find it, up to 4, each {@code host:port} of at most 255 ASCII
 *     characters without comma and backslash: part of tokens
 * @param subject words for people in the certificates of the authority
 */
public record AuthorityOptions(
        TrustDomain trustDomain,
        Duration leafLifetime,
        Duration allowedExpired,
        List<String> addresses,
        SubjectAttributes subject) {

    /** A day: a stolen key is of use for no longer, and an authority that is down for a night is not missed. */
    public static final Duration DEFAULT_LEAF_LIFETIME = Duration.ofHours(24);

    /** Below this, nodes would do little else than renew. */
    public static final Duration MIN_LEAF_LIFETIME = Duration.ofMinutes(5);

    /** Above this, revocation rests on lists alone. */
    public static final Duration MAX_LEAF_LIFETIME = Duration.ofDays(7);

    private static final Duration MAX_ALLOWED_EXPIRED = Duration.ofDays(1);
    private static final int MAX_ADDRESSES = 4;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is outside
     */
    public AuthorityOptions {
        Objects.requireNonNull(trustDomain, "trustDomain");
        Objects.requireNonNull(subject, "subject");
        addresses = List.copyOf(addresses);
        checkRange("leafLifetime", leafLifetime, MIN_LEAF_LIFETIME, MAX_LEAF_LIFETIME);
        checkRange("allowedExpired", allowedExpired, Duration.ZERO, MAX_ALLOWED_EXPIRED);
        if (addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException("up to " + MAX_ADDRESSES + " addresses, not " + addresses.size());
        }
        addresses.forEach(AuthorityOptions::checkAddress);
    }

    private static void checkRange(String option, Duration value, Duration min, Duration max) {
        boolean isWhole = value.toNanosPart() == 0;
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0 || !isWhole) {
            throw new IllegalArgumentException(
                    option + " is " + min + " to " + max + " in whole seconds, not " + value);
        }
    }

    private static void checkAddress(String address) {
        if (!address.matches("[!-~&&[^,\\\\]]{1,249}:[0-9]{1,5}")) {
            throw new IllegalArgumentException("an address is host:port, not '" + address + "'");
        }
    }

    /**
     * Starts from the defaults.
     *
     * @param trustDomain whose identities it gives
     */
    public static Builder builder(TrustDomain trustDomain) {
        return new Builder(trustDomain);
    }

    /** Collects the options of an authority. Not thread-safe. */
    public static final class Builder {
        private final TrustDomain trustDomain;
        private Duration leafLifetime = DEFAULT_LEAF_LIFETIME;
        private Duration allowedExpired = Duration.ZERO;
        private final List<String> addresses = new ArrayList<>();
        private SubjectAttributes subject = SubjectAttributes.NONE;

        private Builder(TrustDomain trustDomain) {
            this.trustDomain = Objects.requireNonNull(trustDomain, "trustDomain");
        }

        /**
         * Bounds the life of certificates.
         *
         * @param lifetime 5 minutes to 7 days
         */
        public Builder leafLifetime(Duration lifetime) {
            this.leafLifetime = lifetime;
            return this;
        }

        /**
         * Lets certificates be renewed that have ended, for machines that sleep.
         *
         * @param duration zero to a day
         */
        public Builder allowedExpired(Duration duration) {
            this.allowedExpired = duration;
            return this;
        }

        /**
         * Says where nodes find the authority; may be called up to four times.
         *
         * @param hostAndPort such as {@code ca.plant-7.example:8520}
         */
        public Builder address(String hostAndPort) {
            addresses.add(Objects.requireNonNull(hostAndPort, "hostAndPort"));
            return this;
        }

        /**
         * Names the authority for people.
         *
         * @param attributes decoration
         */
        public Builder subject(SubjectAttributes attributes) {
            this.subject = attributes;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public AuthorityOptions build() {
            return new AuthorityOptions(trustDomain, leafLifetime, allowedExpired, addresses, subject);
        }
    }
}
