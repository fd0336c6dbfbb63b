package io.chaski.ca.internal.authority;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.authority.Ledger.UsedToken;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.token.ProvisionerKeys;
import io.chaski.ca.internal.token.TokenClaims;
import io.chaski.ca.internal.token.TokenCodec;
import io.chaski.ca.internal.token.TokenCodec.MalformedTokenException;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.TrustDomain;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The first certificate of a node. What costs a stranger more than us is checked first, and nothing is used up before all
 * checks have passed. {@code USED} is on disk before anything is signed, so a token serves one key, whatever fails in
 * between; with that key it can be sent again.
 */
final class Enrolment {

    /** Between the clock that a token was made by and ours. */
    static final Duration LEEWAY = Duration.ofSeconds(60);

    private final TrustDomain trustDomain;
    private final ProvisionerKeys keys;
    private final Books books;
    private final Issuance issuance;

    Enrolment(TrustDomain trustDomain, ProvisionerKeys keys, Books books, Issuance issuance) {
        this.trustDomain = trustDomain;
        this.keys = keys;
        this.books = books;
        this.issuance = issuance;
    }

    /** Whether what was sent for a token is one of ours. */
    Optional<TokenClaims> authenticate(String token) {
        try {
            TokenCodec.Parsed parsed = TokenCodec.parse(token);
            return keys.isAuthentic(parsed) ? Optional.of(parsed.claims()) : Optional.empty();
        } catch (MalformedTokenException e) {
            return Optional.empty();
        }
    }

    /**
     * Gives a certificate for an authentic token.
     *
     * @throws EnrolmentException if it does not
     */
    IssuedCertificate enrol(TokenClaims token, Request request, RemoteHost from, Moment now) {
        checkTimes(token, request, now);
        if (!token.name().trustDomain().equals(trustDomain)) {
            throw new EnrolmentException(EnrolmentProblem.NAME_MISMATCH, "a token for another trust domain");
        }
        CertificateRequest wanted = CertificateRequest.read(request.certificateRequest());
        Fingerprint key = wanted.fingerprint();
        if (token.key().isPresent() && !token.key().get().equals(key)) {
            throw new EnrolmentException(EnrolmentProblem.KEY_REJECTED, "the token is bound to another key");
        }
        Optional<UsedToken> used = books.ledger().token(token.id());
        if (used.isPresent() && !used.get().key().equals(key)) {
            throw new EnrolmentException(EnrolmentProblem.TOKEN_USED, "another key has used the token");
        }
        if (used.isEmpty() && books.ledger().isRevoked(token.id())) {
            throw new EnrolmentException(EnrolmentProblem.TOKEN_INVALID, "the token was revoked");
        }
        issuance.check(token.name(), wanted, now);
        checkIsNewerThanRevocation(token);
        Optional<BigInteger> before = used.flatMap(UsedToken::serial);
        if (before.isPresent()) {
            return again(before.get(), now);
        }
        issuance.checkCanIssue(now);
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put(Fields.TOKEN, token.id().toString());
        origin.put(Fields.FROM, from.name());
        if (used.isEmpty()) {
            use(token, key, origin, now);
        }
        return issuance.issue(token.name(), wanted, LeafUsage.BOTH, token.maxLifetime(), origin, now);
    }

    /** Also one that is forgotten has ended: the token has given what it could give. */
    private IssuedCertificate again(BigInteger before, Moment now) {
        if (books.ledger().isRevoked(before)) {
            throw new EnrolmentException(EnrolmentProblem.IDENTITY_REVOKED, "the certificate is revoked");
        }
        return books.ledger()
                .certificate(before)
                .filter(each -> !each.hasEnded(now.time()))
                .orElseThrow(() -> new EnrolmentException(EnrolmentProblem.TOKEN_EXPIRED, "its certificate has ended"));
    }

    /** Admitting an identity again gives no life to tokens that somebody may have stolen with its key. */
    private void checkIsNewerThanRevocation(TokenClaims token) {
        Optional<Instant> revoked = books.ledger().revokedAt(token.name());
        if (revoked.isPresent() && token.notBefore().isBefore(earliestAfter(revoked.get()))) {
            throw new EnrolmentException(EnrolmentProblem.IDENTITY_REVOKED, "a token of before the revocation");
        }
    }

    /** When a token begins at the earliest, so that it is newer than a revocation: tokens count in whole seconds. */
    static Instant earliestAfter(Instant revoked) {
        return revoked.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    private static void checkTimes(TokenClaims token, Request request, Moment now) {
        if (now.time().isAfter(token.expires().plus(LEEWAY))) {
            throw new EnrolmentException(EnrolmentProblem.TOKEN_EXPIRED, "ended at " + token.expires());
        }
        if (now.time().isBefore(token.notBefore().minus(LEEWAY))) {
            throw new EnrolmentException(EnrolmentProblem.TOKEN_NOT_YET, "begins at " + token.notBefore());
        }
        ClockSkew.check(request, now);
    }

    private void use(TokenClaims token, Fingerprint key, Map<String, String> origin, Moment now) {
        Map<String, String> fields = new LinkedHashMap<>(origin);
        fields.put(Fields.EXPIRES, token.expires().toString());
        fields.put(Fields.URI, token.name().toString());
        fields.put(Fields.KEY, key.toString());
        books.record(Event.USED, now, fields);
    }
}
