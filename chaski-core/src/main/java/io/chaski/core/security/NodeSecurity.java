package io.chaski.core.security;

import java.util.Optional;

/**
 * Who a running node is, and what of it can be changed; see {@code ChaskiNode.security()}. Thread-safe.
 *
 * <p>When an {@code update} returns, handshakes that begin use the new state, and none resumes a session of the old one.
 * Edges that stand are looked at again: one whose peer is not believed any more ends within a second, with
 * {@link io.chaski.core.CloseReason#UNTRUSTED}. After new credentials the others are made again, a few each second, in a
 * way that loses no message: the new connection takes over before the old one ends.
 */
public interface NodeSecurity {

    /** Who this node is, as its peers see it; empty without an identity. */
    Optional<PeerIdentity> identity();

    /** The mode as it is now. */
    TrustMode mode();

    /**
     * Goes on with another key or other certificates.
     *
     * @param credentials of the same node
     * @throws CertificateRefusedException if this node itself would not believe them now
     * @throws IllegalArgumentException if they belong to another node
     * @throws io.chaski.core.ConfigurationException if the TLS engine of this node cannot use the key
     * @throws IllegalStateException if this node has no identity
     */
    void update(Credentials credentials);

    /**
     * Goes on with other roots, another revocation list or another deny list. Roots and list stay with this node: what is to reach
     * the others is handed over as it was signed. Once a signed set of roots is followed, its roots stay in force instead of these.
     *
     * @param trust whom to believe from now on
     * @throws IllegalArgumentException if it is for another trust domain
     * @throws IllegalStateException if the mode is not {@link TrustMode.Ca}
     */
    void update(CertificateVerifier.Trust trust);

    /**
     * Goes on with a revocation list that the authority has signed, and hands it on to the neighbours, who hand it on to theirs.
     * It is stored in the data directory first, if there is one, and is followed after a restart. No other {@code update} takes it
     * back: of the list in force and one in a {@link CertificateVerifier.Trust} the one with the higher number counts.
     *
     * @param list such as {@code CertificateAuthority.signedRevocationList()} gives
     * @return false if this node knows it already, or a later one: then nothing has changed
     * @throws CertificateRefusedException if it is malformed, not signed by an authority of a trusted root, or the next list is
     *     overdue ({@link CertificateProblem#EXPIRED})
     * @throws IllegalStateException if the mode is not {@link TrustMode.Ca}
     */
    boolean update(SignedRevocationList list);

    /**
     * Goes on with the roots of a set that the authority has signed, in place of those before, and hands it on to the neighbours. It
     * is stored in the data directory first, if there is one, and followed after a restart, whatever roots are configured then; the
     * node's own certificate has to be below one of either. No other {@code update} takes the set back. Two things end it, at the next
     * start: that {@link CertificateVerifier.Trust#denied} has a key of its signer by then, and that none of the configured roots has
     * ever vouched for anything that is stored, because the directory is used for a node of another authority.
     *
     * <p>A node does not shut itself out: a set without the root of its own certificate is refused, and the node stays with the
     * roots that it has. When a neighbour has brought it, that is told as {@link io.chaski.core.NodeEvent.OwnRootDropped}. The others
     * have ceased to believe this node by then, and it comes back with a renewed certificate, or a new token. The same is told by a
     * node that starts with a certificate of before the set that it follows; what the set has dropped stays out all the same.
     *
     * @param bundle such as {@code CertificateAuthority.signedBundle()} gives
     * @return false if this node knows it already: then nothing has changed
     * @throws CertificateRefusedException if the signer's certificates do not lead to a root that is trusted now, or are revoked
     * @throws BundleRefusedException if it was not signed by an issuing authority, is for another trust domain, has a lower number
     *     than the one that is known or the same with other roots, or leaves out the root of this node's own certificate
     * @throws IllegalStateException if the mode is not {@link TrustMode.Ca}
     */
    boolean update(SignedBundle bundle);

    /** The set of roots that is followed; empty if it was configured, and no authority has signed it. */
    Optional<SignedBundle> bundle();

    /**
     * Goes on with other credentials and other trust at once, in the same mode.
     *
     * @param mode of the same record as now
     * @throws CertificateRefusedException if this node would not believe its own credentials, by the roots of the signed set that
     *     it follows if there is one
     * @throws IllegalArgumentException if they belong to another node, or the mode is another one
     * @throws IllegalStateException if this node has no identity
     */
    void update(TrustMode.Authenticated mode);
}
