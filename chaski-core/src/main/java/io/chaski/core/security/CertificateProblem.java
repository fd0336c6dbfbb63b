package io.chaski.core.security;

/** Why a certificate chain is not taken for an identity. Each has a counter of its own. */
public enum CertificateProblem {
    /** The peer showed none. */
    NO_CERTIFICATE,
    /** More certificates than leaf, issuing authority and root; with a revocation list, none or more. Nothing was computed. */
    CHAIN_TOO_LONG,
    /** The certificates together, or a revocation list, have more bytes than honest ones have. Nothing was computed. */
    CHAIN_TOO_LARGE,
    /** A key, or the algorithm of a signature, is not one of {@link PublicKeyRules}. Nothing was computed. */
    KEY_REJECTED,
    /** A certificate that the JDK cannot make sense of. */
    MALFORMED,
    /** The peer vouches for itself. */
    SELF_SIGNED,
    /** A certificate that may issue others, or sign revocation lists, shown as that of a peer. */
    AUTHORITY_AS_PEER,
    /** Not exactly the key usage of a peer, or not the extended key usage that the side of the connection needs. */
    WRONG_USAGE,
    /** An extension that must be understood and is not. */
    UNKNOWN_CRITICAL_EXTENSION,
    /** No URI among the names. */
    NO_IDENTITY,
    /** More than one URI among the names. */
    SEVERAL_IDENTITIES,
    /** The names are in an extension that verifiers may skip. */
    IDENTITY_NOT_CRITICAL,
    /** The URI is not in the grammar of {@link ChaskiUri}, or a name is of an unknown kind. */
    BAD_IDENTITY,
    /** The identity belongs to another trust domain. */
    WRONG_TRUST_DOMAIN,
    /** No path of valid signatures leads to a root that is trusted. */
    UNTRUSTED,
    /** A certificate of the chain has ended. */
    EXPIRED,
    /** A certificate of the chain has not begun; with an honest peer one of the two clocks is wrong. */
    NOT_YET_VALID,
    /** On the list of the authority, or denied on this node. */
    REVOKED,
    /** The revocation list has ended, and this node insists on a current one. */
    REVOCATIONS_UNKNOWN
}
