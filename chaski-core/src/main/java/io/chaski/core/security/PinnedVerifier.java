package io.chaski.core.security;

import io.chaski.core.security.PeerIdentity.Kind;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Identities that are keys, each in a certificate that it has signed itself. See {@link TrustMode.Pinned}. */
final class PinnedVerifier {

    private PinnedVerifier() {}

    static PeerIdentity verify(List<X509Certificate> chain, Set<Fingerprint> pins, Fingerprint own, Instant now) {
        CertificateVerifier.checkForm(chain);
        if (chain.size() > 1) {
            throw new CertificateRefusedException(
                    CertificateProblem.CHAIN_TOO_LONG, chain.size() + " certificates where one is pinned");
        }
        X509Certificate certificate = chain.get(0);
        Fingerprint key = Fingerprint.of(certificate.getPublicKey());
        if (!pins.contains(key) && !key.equals(own)) {
            throw new CertificateRefusedException(CertificateProblem.UNTRUSTED, "a key that is not pinned");
        }
        CertificateVerifier.checkDates(chain, now);
        checkSignature(certificate);
        return new PeerIdentity(
                Kind.PINNED,
                "sha256:" + key,
                certificate.getSerialNumber(),
                key,
                certificate.getNotAfter().toInstant());
    }

    /** The dates are the word of the key only if it has signed them. */
    private static void checkSignature(X509Certificate certificate) {
        try {
            certificate.verify(certificate.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateRefusedException(
                    CertificateProblem.UNTRUSTED, "the certificate of a pinned key is not signed by it", e);
        }
    }
}
