package io.chaski.ca.internal.authority;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The next certificate of a node, for the same identity and another key. Refusing it is the second way in which a
 * revocation works: a certificate that never reached a list in time ends within a day.
 */
final class Renewal {

    /**
     * Two are usual, the current one and the next. More are a node that loses what it is given, or that somebody fills our
     * memory and the revocation list with.
     */
    static final int MAX_CERTIFICATES = 8;

    private static final int HEX = 16;

    private final Books books;
    private final Issuance issuance;
    private final Duration allowedExpired;

    Renewal(Books books, Issuance issuance, Duration allowedExpired) {
        this.books = books;
        this.issuance = issuance;
        this.allowedExpired = allowedExpired;
    }

    /**
     * Gives a certificate to who has proved to have the current one.
     *
     * @throws EnrolmentException if it does not
     */
    IssuedCertificate renew(Identity current, Request request, RemoteHost from, Moment now) {
        Ledger ledger = books.ledger();
        if (now.time().isAfter(current.notAfter().plus(allowedExpired))) {
            throw new EnrolmentException(EnrolmentProblem.IDENTITY_EXPIRED, "ended at " + current.notAfter());
        }
        if (ledger.isRevoked(current.serial()) || ledger.isBarred(current.key())) {
            throw new EnrolmentException(EnrolmentProblem.IDENTITY_REVOKED, "the certificate is revoked");
        }
        ClockSkew.check(request, now);
        CertificateRequest wanted = CertificateRequest.read(request.certificateRequest());
        Fingerprint key = wanted.fingerprint();
        issuance.check(current.uri(), wanted, now);
        if (key.equals(current.key())) {
            throw new EnrolmentException(EnrolmentProblem.KEY_REJECTED, "the same key again");
        }
        Optional<IssuedCertificate> before = ledger.certificate(current.uri(), key);
        if (before.isPresent()) {
            if (ledger.isRevoked(before.get().serial())) {
                throw new EnrolmentException(EnrolmentProblem.IDENTITY_REVOKED, "the certificate is revoked");
            }
            if (before.get().hasEnded(now.time())) {
                throw new EnrolmentException(EnrolmentProblem.KEY_REJECTED, "a key of an earlier certificate");
            }
            return before.get(); // the answer was lost
        }
        // The ledger knows all that can be renewed. Which it does not know was given out by a state that is lost.
        LeafUsage usage = ledger.certificate(current.serial())
                .map(IssuedCertificate::usage)
                .orElseThrow(() -> new EnrolmentException(
                        EnrolmentProblem.IDENTITY_EXPIRED, "not a certificate that this authority knows of"));
        checkIsWithinBounds(current, now);
        issuance.checkCanIssue(now);
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put(Fields.RENEWS, current.serial().toString(HEX));
        origin.put(Fields.FROM, from.name());
        begin(current, key, origin, now);
        return issuance.issue(current.uri(), wanted, usage, issuance.lifetime(), origin, now);
    }

    private void checkIsWithinBounds(Identity current, Moment now) {
        long alive = books.ledger().certificatesOf(current.uri()).stream()
                .filter(each -> !each.hasEnded(now.time()))
                .count();
        if (alive >= MAX_CERTIFICATES) {
            throw new EnrolmentException(
                    EnrolmentProblem.RATE_LIMITED, alive + " certificates of the identity have not ended");
        }
    }

    private void begin(Identity current, Fingerprint key, Map<String, String> origin, Moment now) {
        Map<String, String> fields = new LinkedHashMap<>(origin);
        fields.put(Fields.URI, current.uri().toString());
        fields.put(Fields.KEY, key.toString());
        books.record(Event.RENEWING, now, fields);
    }
}
