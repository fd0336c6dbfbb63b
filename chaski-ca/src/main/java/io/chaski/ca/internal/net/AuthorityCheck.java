package io.chaski.ca.internal.net;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.node.KnownAuthority;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Whether whoever answers is the authority: its certificates lead to a root whose fingerprint is known, from the token
 * or from before, are not denied, and give it the role {@code ca}. Nothing else stands between the first contact and a stranger, so the
 * request, with the token in it, is sent only after it. Thread-safe.
 */
public final class AuthorityCheck implements ChainCheck {

    private final KnownAuthority known;
    private final Clock clock;

    /** A check for an authority that is known. */
    public AuthorityCheck(KnownAuthority known, Clock clock) {
        this.known = Objects.requireNonNull(known, "known");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Checks what was shown.
     *
     * @throws EnrolmentException with UNTRUSTED_CA, or CLOCK_SKEW if nothing but the times is wrong
     */
    @Override
    public void accept(List<X509Certificate> chain) {
        X509Certificate last = chain.get(chain.size() - 1);
        if (!known.isBelow(last)) {
            throw new EnrolmentException(
                    EnrolmentProblem.UNTRUSTED_CA, "the root has the fingerprint " + Fingerprint.of(last));
        }
        CertificateVerifier verifier = new CertificateVerifier(known.trust(Set.of(last)));
        try {
            checkRole(verifier, chain, clock.instant());
        } catch (CertificateRefusedException e) {
            if (e.problem() == CertificateProblem.NOT_YET_VALID || e.problem() == CertificateProblem.EXPIRED) {
                throw skewed(verifier, chain);
            }
            throw new EnrolmentException(EnrolmentProblem.UNTRUSTED_CA, "its certificates: " + e.getMessage(), e);
        }
    }

    private static void checkRole(CertificateVerifier verifier, List<X509Certificate> chain, Instant now) {
        ChaskiUri uri = verifier.verify(chain, Side.SERVER, now).uri();
        if (uri.role() != ChaskiUri.Role.CA) {
            throw new EnrolmentException(EnrolmentProblem.UNTRUSTED_CA, uri + " is not an authority");
        }
    }

    /** Only what is right at another time is about the clock: otherwise anybody could send people to set theirs. */
    private EnrolmentException skewed(CertificateVerifier verifier, List<X509Certificate> chain) {
        X509Certificate leaf = chain.get(0);
        try {
            checkRole(verifier, chain, leaf.getNotAfter().toInstant());
        } catch (CertificateRefusedException e) {
            return new EnrolmentException(EnrolmentProblem.UNTRUSTED_CA, "its certificates: " + e.getMessage(), e);
        }
        return new EnrolmentException(
                EnrolmentProblem.CLOCK_SKEW,
                "the clock here says " + clock.instant() + ", and the certificate of the authority is valid from "
                        + leaf.getNotBefore().toInstant() + " to "
                        + leaf.getNotAfter().toInstant());
    }
}
