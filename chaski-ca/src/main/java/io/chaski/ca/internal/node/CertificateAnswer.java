package io.chaski.ca.internal.node;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.internal.bouncycastle.AuthorityCertificates;
import io.chaski.ca.internal.token.TokenClaims;
import io.chaski.ca.internal.token.TokenCodec;
import io.chaski.ca.internal.token.TokenCodec.MalformedTokenException;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Identity;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedRevocationList;
import java.security.KeyPair;
import java.security.cert.CRLException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a node makes of the answer to its request. It trusts the root that it knows from its token, or has trusted before,
 * and nothing that comes with the answer.
 */
public final class CertificateAnswer {

    private CertificateAnswer() {}

    /**
     * Reads a token before anything is sent.
     *
     * @throws EnrolmentException with TOKEN_INVALID if it is mistyped
     */
    public static TokenClaims readToken(String token) {
        try {
            return TokenCodec.parse(token).claims();
        } catch (MalformedTokenException e) {
            throw new EnrolmentException(EnrolmentProblem.TOKEN_INVALID, "mistyped or cut off", e);
        }
    }

    /**
     * Spares the way to the authority.
     *
     * @throws EnrolmentException with TOKEN_EXPIRED if it has ended by the node's clock
     */
    public static void checkHasNotEnded(TokenClaims token, Instant now) {
        if (now.isAfter(token.expires())) {
            throw new EnrolmentException(EnrolmentProblem.TOKEN_EXPIRED, "ended at " + token.expires());
        }
    }

    /**
     * Takes an answer, if it is a certificate for the key and the name that leads to a root that is trusted; or to one in a set of
     * roots that comes with it and is signed below one that is trusted. Nobody who is denied may have signed any of it.
     *
     * @param known whom the node takes for its authority
     * @param name the identity that was asked for
     * @param sides which sides of a connection the certificate has to be for: when one is renewed, {@link #sides those} of
     *     the current one
     * @param keys those that it was asked for
     * @return what the node proves its identity with from now on
     * @throws EnrolmentException as the authority says, CLOCK_SKEW if the certificate is not valid by the clock of the node,
     *     or UNTRUSTED_CA if the answer is not what it should be
     */
    public static NodeCredentials accept(
            KnownAuthority known, ChaskiUri name, Set<Side> sides, KeyPair keys, Reply reply, Instant now) {
        if (sides.isEmpty()) {
            throw new IllegalArgumentException("sides must not be empty: nothing would be checked");
        }
        if (reply instanceof Reply.Granted granted) {
            return accept(known, name, sides, keys, granted, now);
        }
        Reply.Refused refused = (Reply.Refused) reply;
        throw new EnrolmentException(
                refused.problem(),
                "the authority refuses; its clock says " + refused.serverTime(),
                refused.retryAfter());
    }

    /** Which sides of a connection a certificate is for. */
    public static Set<Side> sides(X509Certificate certificate) {
        Set<Side> sides = EnumSet.noneOf(Side.class);
        for (Side side : Side.values()) {
            if (side.isIn(certificate)) {
                sides.add(side);
            }
        }
        return sides;
    }

    private static NodeCredentials accept(
            KnownAuthority known, ChaskiUri name, Set<Side> sides, KeyPair keys, Reply.Granted granted, Instant now) {
        try {
            Trust trust = trust(known, granted, now);
            List<X509Certificate> chain = List.of(granted.leaf(), granted.issuing(), rootOf(granted.issuing(), trust));
            RevocationList revocations = SignedRevocationList.of(
                            granted.revocations().getEncoded(), List.of(granted.lister()))
                    .verify(trust, now);
            for (Side side : sides) {
                Identity identity = new CertificateVerifier(trust).verify(chain, side, now);
                if (!identity.uri().equals(name) || revocations.serials().contains(identity.serial())) {
                    throw untrusted("a certificate for another identity, or a revoked one");
                }
            }
            return new NodeCredentials(keys.getPrivate(), chain);
        } catch (CertificateRefusedException e) {
            throw refused(e, granted.serverTime(), now);
        } catch (BundleRefusedException | CRLException | IllegalArgumentException e) {
            throw new EnrolmentException(EnrolmentProblem.UNTRUSTED_CA, "the answer does not check out", e);
        }
    }

    /** The roots that are pinned among those that came, or the whole set if it is signed below one of them. */
    private static Trust trust(KnownAuthority known, Reply.Granted granted, Instant now) {
        Set<X509Certificate> pinned =
                granted.roots().stream().filter(known::isBelow).collect(Collectors.toSet());
        if (pinned.isEmpty()) {
            throw untrusted("the root is another one than that of the token");
        }
        Trust trust = known.trust(pinned);
        if (granted.bundle().isEmpty()) {
            return trust;
        }
        granted.bundle().get().verify(trust, now);
        return trust.withRoots(granted.bundle().get().roots());
    }

    private static X509Certificate rootOf(X509Certificate issuing, Trust trust) {
        return AuthorityCertificates.rootOf(issuing, trust.roots())
                .orElseThrow(() -> untrusted("the certificate is of another root than those that are trusted"));
    }

    /** An honest authority gives certificates that are valid by its clock; then ours is another one. */
    private static EnrolmentException refused(CertificateRefusedException e, Instant serverTime, Instant now) {
        boolean isOfAnotherTime =
                e.problem() == CertificateProblem.NOT_YET_VALID || e.problem() == CertificateProblem.EXPIRED;
        return isOfAnotherTime
                ? new EnrolmentException(
                        EnrolmentProblem.CLOCK_SKEW,
                        "it is " + now + " here and " + serverTime + " at the authority",
                        e)
                : new EnrolmentException(
                        EnrolmentProblem.UNTRUSTED_CA, "the answer does not check out: " + e.getMessage(), e);
    }

    private static EnrolmentException untrusted(String detail) {
        return new EnrolmentException(EnrolmentProblem.UNTRUSTED_CA, detail);
    }
}
