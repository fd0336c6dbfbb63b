package io.chaski.core.security;

import io.chaski.core.security.CertificateVerifier.Side;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How a node proves who it is, and whom it believes. Nodes of different modes do not talk, and nothing is negotiated: with
 * an identity every connection is TLS 1.3 with certificates on both sides, without one none is. Immutable.
 */
public sealed interface TrustMode {

    /**
     * No identity: connections in clear text, with whoever connects. The default. Such a node listens on loopback, UNIX
     * sockets and in-process names only, unless {@code NodeBuilder.insecure()} allows more.
     */
    TrustMode INSECURE = new Insecure();

    /**
     * An authority of ours vouches for nodes, with certificates as {@code chaski-ca} issues them.
     *
     * @param credentials of this node; they have to pass its own trust
     * @param trust whom to believe
     */
    static TrustMode ca(Credentials credentials, CertificateVerifier.Trust trust) {
        return new Ca(credentials, trust);
    }

    /**
     * Somebody else's authority vouches for nodes, such as that of a company.
     *
     * @param credentials of this node; they have to pass its own trust
     * @param trusted certificates of authorities, or of single nodes that signed their own, 1 or more
     */
    static TrustMode external(Credentials credentials, Set<X509Certificate> trusted) {
        return new External(credentials, trusted);
    }

    /**
     * Nobody vouches for nodes: each signs its own certificate, and knows the keys of the others.
     *
     * @param credentials of this node, with one certificate that its own key has signed
     * @param pins {@link Fingerprint#of(java.security.PublicKey) fingerprints} of the public keys of other nodes
     */
    static TrustMode pinned(Credentials credentials, Set<Fingerprint> pins) {
        return new Pinned(credentials, pins);
    }

    /** See {@link #INSECURE}. */
    record Insecure() implements TrustMode {}

    /** The modes in which nodes prove who they are. */
    sealed interface Authenticated extends TrustMode permits Ca, External, Pinned {

        /** What this node proves with who it is. */
        Credentials credentials();

        /**
         * The same trust with another key.
         *
         * @param newer of the same node
         */
        Authenticated with(Credentials newer);

        /**
         * Decides who the owner of a chain is. It must be shown elsewhere that he has the private key.
         *
         * @param chain what was shown, the certificate of the key first
         * @param side which side of the connection the owner is
         * @param now the time
         * @throws CertificateRefusedException if he is not believed; its problem is the first that was found
         */
        PeerIdentity verify(List<X509Certificate> chain, Side side, Instant now);
    }

    /**
     * Identities are URIs in certificates of an authority of ours; see {@link CertificateVerifier} for what is checked.
     *
     * @param credentials of this node
     * @param trust whom to believe
     */
    record Ca(Credentials credentials, CertificateVerifier.Trust trust) implements Authenticated {

        /** Checks that nothing is missing. */
        public Ca {
            Objects.requireNonNull(credentials, "credentials");
            Objects.requireNonNull(trust, "trust");
        }

        @Override
        public Ca with(Credentials newer) {
            return new Ca(newer, trust);
        }

        /**
         * The same key with another trust.
         *
         * @param newer whom to believe from now on
         */
        public Ca with(CertificateVerifier.Trust newer) {
            return new Ca(credentials, newer);
        }

        @Override
        public PeerIdentity verify(List<X509Certificate> chain, Side side, Instant now) {
            return PeerIdentity.of(new CertificateVerifier(trust).verify(chain, side, now));
        }
    }

    /**
     * Identities are names in certificates of somebody else's authority: the only URI, or without a URI the only DNS name.
     * Certificates need not be of the form that ours have, but path, dates, usages if there are any, sizes and kinds of
     * keys are checked all the same. There are no revocation lists in this mode: take a lost certificate's authority out
     * of {@code trusted}, or keep certificates short-lived.
     *
     * @param credentials of this node
     * @param trusted whom to believe
     */
    record External(Credentials credentials, Set<X509Certificate> trusted) implements Authenticated {

        /**
         * Copies the set.
         *
         * @throws IllegalArgumentException if nobody is trusted
         */
        public External {
            Objects.requireNonNull(credentials, "credentials");
            trusted = Set.copyOf(trusted);
            if (trusted.isEmpty()) {
                throw new IllegalArgumentException("trusted must not be empty");
            }
        }

        @Override
        public External with(Credentials newer) {
            return new External(newer, trusted);
        }

        @Override
        public PeerIdentity verify(List<X509Certificate> chain, Side side, Instant now) {
            return ExternalVerifier.verify(chain, trusted, side, now);
        }
    }

    /**
     * Identities are fingerprints of public keys, as in libp2p. Another key is another node.
     *
     * @param credentials of this node
     * @param pins fingerprints of the keys to believe; this node's own need not be among them
     */
    record Pinned(Credentials credentials, Set<Fingerprint> pins) implements Authenticated {

        /** Copies the set. */
        public Pinned {
            Objects.requireNonNull(credentials, "credentials");
            pins = Set.copyOf(pins);
        }

        @Override
        public Pinned with(Credentials newer) {
            return new Pinned(newer, pins);
        }

        @Override
        public PeerIdentity verify(List<X509Certificate> chain, Side side, Instant now) {
            return PinnedVerifier.verify(
                    chain, pins, Fingerprint.of(credentials.chain().get(0).getPublicKey()), now);
        }
    }
}
