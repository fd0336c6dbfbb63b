package io.chaski.ca.internal.authority;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.core.security.ChaskiUri;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is not to be trusted any more, and the list that tells it. A list is made anew when something was revoked, and each
 * hour, so that nodes can tell an old one. Its number is on disk before it is signed: no number is on two lists.
 */
final class Revocations {

    /** Lives as long as a certificate: who has seen no list for longer has no certificate either. */
    static final Duration LIST_LIFETIME = Duration.ofHours(24);

    static final Duration LIST_INTERVAL = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);

    private final Books books;
    private final Issuance issuance;
    private @Nullable X509CRL list; // none since the start
    private Instant madeAt = Instant.MIN;

    Revocations(Books books, Issuance issuance) {
        this.books = books;
        this.issuance = issuance;
    }

    /**
     * Revokes. Also what a list has no room for is refused from now on; it is listed when others have ended.
     *
     * @return how many certificates, of those that have not ended
     * @throws AuthorityException with UNKNOWN if nothing and nobody is meant
     */
    int revoke(Revocation what, String why, Moment now) {
        Ledger ledger = books.ledger();
        Collection<IssuedCertificate> affected = ledger.affected(what);
        if (affected.isEmpty() && what.serial().isPresent()) {
            throw new AuthorityException(Problem.UNKNOWN, "no certificate that is valid still has " + what, null);
        }
        books.record(Event.REVOKED, now, Map.of(Fields.WHAT, what.toString(), Fields.WHY, why));
        int unlisted = ledger.unlisted(now.time());
        if (unlisted > 0) {
            LOG.warn("The revocation list is full: {} certificates are revoked and not on it yet", unlisted);
        }
        return (int)
                affected.stream().filter(each -> !each.hasEnded(now.time())).count();
    }

    /** How many revoked certificates the list has no room for. */
    int unlisted(Moment now) {
        return books.ledger().unlisted(now.time());
    }

    /**
     * Lets an identity have certificates again. Those that were revoked stay so.
     *
     * @throws AuthorityException with UNKNOWN if it was not revoked
     */
    void readmit(ChaskiUri name, Moment now) {
        if (!books.ledger().isBarred(name)) {
            throw new AuthorityException(Problem.UNKNOWN, name + " is not revoked", null);
        }
        books.record(Event.READMITTED, now, Map.of(Fields.URI, name.toString()));
    }

    /** The list as of now. */
    X509CRL current(Moment now) {
        boolean isOld =
                !now.time().isBefore(madeAt.plus(LIST_INTERVAL)) || now.time().isBefore(madeAt);
        if (list == null || isOld || books.ledger().isListOutdated()) {
            list = make(now);
            madeAt = now.seconds();
        }
        return list;
    }

    private X509CRL make(Moment now) {
        Ledger ledger = books.ledger();
        issuance.authority(); // throws before a number is used up
        long number = now.numberAfter(ledger.listNumber());
        Instant nextUpdate = now.seconds().plus(LIST_LIFETIME);
        books.record(Event.LISTED, now, Map.of(Fields.NUMBER, Long.toString(number)));
        return issuance.authority().sign(number, now.seconds(), nextUpdate, ledger.revoked(now.time()));
    }
}
