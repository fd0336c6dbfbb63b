package io.chaski.core.security;

import io.chaski.core.internal.module.JdkCertificates;
import java.io.IOException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Signatures, dates and name constraints from a certificate up to a trusted root, as the JDK checks them (RFC 5280). */
final class CertificatePath {

    /** Kind of a name in a certificate (RFC 5280, section 4.2.1.6). */
    private static final int URI = 6;

    private CertificatePath() {}

    /**
     * Checks a path.
     *
     * @param chain the certificate in question first; may end with the root itself. As the JDK reads them
     * @param roots who is trusted, likewise
     * @param now the time
     * @return the root that the path leads to, also when it was not shown
     * @throws CertificateRefusedException if there is no path, or a certificate on it is not valid now, the root included
     */
    static X509Certificate check(List<X509Certificate> chain, Set<X509Certificate> roots, Instant now) {
        List<X509Certificate> path = roots.contains(chain.get(chain.size() - 1)) && chain.size() > 1
                ? chain.subList(0, chain.size() - 1)
                : chain;
        try {
            X509Certificate root = validate(path, validOf(roots, now), now);
            root.checkValidity(Date.from(now)); // the JDK does not, and takes a root that has ended
            return root;
        } catch (CertificateExpiredException e) {
            throw new CertificateRefusedException(CertificateProblem.EXPIRED, "the root has ended", e);
        } catch (CertificateNotYetValidException e) {
            throw new CertificateRefusedException(CertificateProblem.NOT_YET_VALID, "the root has not begun", e);
        } catch (CertPathValidatorException e) {
            throw new CertificateRefusedException(problem(e.getReason()), "no valid path to a trusted root", e);
        } catch (CertificateException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "not a chain of certificates", e);
        } catch (InvalidAlgorithmParameterException e) {
            throw new AssertionError("the parameters are ours", e);
        }
    }

    /** Of two certificates of one root the one that is valid; all if none is, so that we can say why. */
    private static Set<X509Certificate> validOf(Set<X509Certificate> roots, Instant now) {
        Set<X509Certificate> valid = roots.stream()
                .filter(root -> !now.isBefore(root.getNotBefore().toInstant())
                        && !now.isAfter(root.getNotAfter().toInstant()))
                .collect(Collectors.toSet());
        return valid.isEmpty() ? roots : valid;
    }

    // The JDK meets names that it cannot read with exceptions of its own, NullPointerException among them, and whoever
    // shows a chain chooses the names in it. Refusing is right whatever it was.
    private static X509Certificate validate(List<X509Certificate> path, Set<X509Certificate> roots, Instant now)
            throws CertificateException, CertPathValidatorException, InvalidAlgorithmParameterException {
        CertPath certPath = JdkCertificates.factory().generateCertPath(path);
        PKIXParameters parameters = new PKIXParameters(
                roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet()));
        parameters.setRevocationEnabled(false); // the lists are ours: see RevocationList
        parameters.setDate(Date.from(now));
        try {
            PKIXCertPathValidatorResult result =
                    (PKIXCertPathValidatorResult) JdkCertificates.validator().validate(certPath, parameters);
            return result.getTrustAnchor().getTrustedCert();
        } catch (RuntimeException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "names that cannot be checked", e);
        }
    }

    /**
     * Checks that authorities may vouch for a trust domain, by the constraints on names in their certificates. The path validation asks
     * that of certificates below them only, and what an authority signs itself is none.
     *
     * @param authorities as the JDK reads them
     * @param domain whose identities they decide about
     * @throws CertificateRefusedException with WRONG_TRUST_DOMAIN if one may not
     */
    static void checkMayVouchFor(List<X509Certificate> authorities, TrustDomain domain) {
        X509CertSelector wanted = new X509CertSelector();
        try {
            wanted.addPathToName(URI, "chaski://" + domain + "/");
        } catch (IOException e) {
            throw new AssertionError("the grammar of trust domains is narrower", e);
        }
        for (X509Certificate authority : authorities) {
            if (!matches(wanted, authority)) {
                throw new CertificateRefusedException(
                        CertificateProblem.WRONG_TRUST_DOMAIN, "an authority that may not vouch for " + domain);
            }
        }
    }

    /** Constraints that the JDK cannot read are met with exceptions of its own here too. */
    private static boolean matches(X509CertSelector wanted, X509Certificate authority) {
        try {
            return wanted.match(authority);
        } catch (RuntimeException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "constraints that cannot be read", e);
        }
    }

    private static CertificateProblem problem(Reason reason) {
        if (reason == BasicReason.EXPIRED) {
            return CertificateProblem.EXPIRED;
        }
        return reason == BasicReason.NOT_YET_VALID ? CertificateProblem.NOT_YET_VALID : CertificateProblem.UNTRUSTED;
    }
}
