package io.chaski.core.security;

import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.PeerIdentity.Kind;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Identities in certificates of authorities that are not ours: their form is left to whoever made them, what they may be
 * used for is not. See {@link TrustMode.External}.
 */
final class ExternalVerifier {

    /** As for identities of ours; the longest DNS name has 253. */
    private static final int MAX_NAME_LENGTH = ChaskiUri.MAX_LENGTH;

    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;

    private ExternalVerifier() {}

    static PeerIdentity verify(List<X509Certificate> chain, Set<X509Certificate> trusted, Side side, Instant now) {
        CertificateVerifier.checkForm(chain);
        X509Certificate leaf = chain.get(0);
        if (leaf.getBasicConstraints() >= 0 && !trusted.contains(leaf)) {
            throw refused(CertificateProblem.AUTHORITY_AS_PEER, "it may issue certificates");
        }
        String name = name(leaf);
        checkUsages(leaf, side);
        CertificateVerifier.checkDates(chain, now);
        CertificatePath.check(chain, trusted, now);
        return new PeerIdentity(
                Kind.EXTERNAL,
                name,
                leaf.getSerialNumber(),
                Fingerprint.of(leaf.getPublicKey()),
                CertificateVerifier.end(chain));
    }

    /** The kind of the name is part of it, so that no URI passes for a DNS name. */
    private static String name(X509Certificate leaf) {
        SubjectNames names = SubjectNames.of(leaf);
        if (names == null || names.uris().isEmpty() && names.dnsNames().isEmpty()) {
            throw refused(CertificateProblem.NO_IDENTITY, "neither a URI nor a DNS name");
        }
        boolean hasUri = !names.uris().isEmpty();
        List<String> candidates = hasUri ? names.uris() : names.dnsNames();
        if (candidates.size() > 1) {
            throw refused(CertificateProblem.SEVERAL_IDENTITIES, candidates.size() + (hasUri ? " URIs" : " DNS names"));
        }
        String name = candidates.get(0);
        boolean isValid = !name.isEmpty()
                && name.length() <= MAX_NAME_LENGTH
                && name.chars().allMatch(hasUri ? ExternalVerifier::isPrintable : ExternalVerifier::isOfHostName);
        if (!isValid) {
            throw refused(
                    CertificateProblem.BAD_IDENTITY,
                    hasUri ? "the URI" : "the DNS name, which has lower-case letters, digits, dots and hyphens");
        }
        return (hasUri ? "uri:" : "dns:") + name;
    }

    private static boolean isPrintable(int c) {
        return c > ' ' && c <= '~';
    }

    /** One spelling, and no wildcard: an identity is one node. */
    private static boolean isOfHostName(int c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.';
    }

    /** A certificate that says nothing of usages may be used for anything (RFC 5280, 4.2.1.3 and 4.2.1.12). */
    private static void checkUsages(X509Certificate leaf, Side side) {
        boolean[] usages = leaf.getKeyUsage();
        if (usages != null && !usages[DIGITAL_SIGNATURE]) {
            throw refused(CertificateProblem.WRONG_USAGE, "the key usage has no digitalSignature");
        }
        List<String> extended;
        try {
            extended = leaf.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "the extended key usage", e);
        }
        if (extended != null && !extended.contains(side.usage()) && !extended.contains(ANY_USAGE)) {
            throw refused(CertificateProblem.WRONG_USAGE, "not for the " + side + " side of a connection");
        }
    }

    private static CertificateRefusedException refused(CertificateProblem problem, String detail) {
        return new CertificateRefusedException(problem, detail);
    }
}
