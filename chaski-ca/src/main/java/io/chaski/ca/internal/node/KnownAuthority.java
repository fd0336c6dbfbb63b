package io.chaski.ca.internal.node;

import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.TrustDomain;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a node takes for its authority: whoever is below a root that it knows, and not denied. Immutable.
 *
 * @param roots fingerprints of the roots that it knows, from its token or from before
 * @param trustDomain whose authority it is
 * @param denied whom its operator has denied: keys that were stolen
 */
public record KnownAuthority(Set<Fingerprint> roots, TrustDomain trustDomain, DenyList denied) {

    /** Copies the set. */
    public KnownAuthority {
        roots = Set.copyOf(roots);
        Objects.requireNonNull(trustDomain, "trustDomain");
        Objects.requireNonNull(denied, "denied");
    }

    /** Whether a root is one of those that are known. */
    public boolean isBelow(X509Certificate root) {
        return roots.contains(Fingerprint.of(root));
    }

    /** Trust in the certificates of known roots. */
    public Trust trust(Set<X509Certificate> certificates) {
        return new Trust(trustDomain, certificates, Optional.empty(), false, denied);
    }
}
