package io.chaski.ca.internal.authority;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.RevocationList;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is not to be trusted any more, and the list that tells it. A list is made anew when something was revoked, and each
 * hour, so that nodes can tell an old one. Its number is on disk before it is signed.
 *
 * <p>An authority that is restored from an old copy does not know what was revoked since, and a list of a higher number takes the
 * place of the one that has it. So while it {@link #listen listens} for what nodes follow, all lists have the number of the last
 * one that it knows: whoever has a later list keeps that.
 */
final class Revocations {

    /** Lives as long as a certificate: who has seen no list for longer has no certificate either. */
    static final Duration LIST_LIFETIME = Duration.ofHours(24);

    static final Duration LIST_INTERVAL = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);

    /** Numbers of certificates in a record, which has 16 KiB at most; each has 33 bytes here. */
    private static final int ADOPTED_AT_ONCE = 400;

    private static final int HEX = 16;

    private final Books books;
    private final Issuance issuance;
    private boolean isListening;
    private @Nullable X509CRL list; // none since the start
    private Instant madeAt = Instant.MIN;

    Revocations(Books books, Issuance issuance) {
        this.books = books;
        this.issuance = issuance;
    }

    /**
     * Revokes. Also what a list has no room for is refused from now on; it is listed when others have ended. A serial number that
     * is not known may be of a certificate that was given after a copy was made from which this authority is restored: it is listed
     * as long as one can last.
     *
     * @return how many certificates, of those that are known and have not ended
     */
    int revoke(Revocation what, String why, Moment now) {
        Ledger ledger = books.ledger();
        Collection<IssuedCertificate> affected = ledger.affected(what);
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

    /** From now on lists have the number of the last one, until it is known what nodes follow. */
    void listen() {
        isListening = true;
        list = null;
    }

    /** Goes on with higher numbers: no node follows a later list. */
    void stopListening() {
        if (isListening) {
            isListening = false;
            list = null;
        }
    }

    /**
     * Revokes what a list revokes, if that has a higher number than the last one that is known here: it was made by a state of this
     * authority that is lost. The next list has a number above it.
     *
     * @param followed whose signer was believed
     * @return whether it has
     */
    boolean adopt(RevocationList followed, Moment now) {
        Ledger ledger = books.ledger();
        if (followed.number() <= ledger.listNumber() || followed.number() == Long.MAX_VALUE) { // nothing is above that
            return false;
        }
        List<String> unknown = followed.serials().stream()
                .filter(serial -> !ledger.isRevoked(serial))
                .map(serial -> serial.toString(HEX))
                .sorted()
                .toList();
        for (int from = 0; from < unknown.size(); from += ADOPTED_AT_ONCE) {
            List<String> some = unknown.subList(from, Math.min(from + ADOPTED_AT_ONCE, unknown.size()));
            books.record(
                    Event.ADOPTED,
                    now,
                    Map.of(Fields.NUMBER, Long.toString(followed.number()), Fields.SERIALS, String.join(" ", some)));
        }
        LOG.warn(
                "Nodes follow revocation list {}, and this authority knew of {}: it was restored from an old copy, or its clock was"
                        + " ahead. {} certificates that it did not know to be revoked are",
                followed.number(),
                ledger.listNumber(),
                unknown.size());
        isListening = false;
        remake(followed.number(), now); // a crash before that leaves the rest to the next time
        return true;
    }

    /** The list as of now. */
    X509CRL current(Moment now) {
        boolean isOld =
                !now.time().isBefore(madeAt.plus(LIST_INTERVAL)) || now.time().isBefore(madeAt);
        if (list == null || isOld || books.ledger().isListOutdated()) {
            return remake(books.ledger().listNumber(), now);
        }
        return list;
    }

    private X509CRL remake(long last, Moment now) {
        Ledger ledger = books.ledger();
        issuance.authority(); // throws before a number is used up
        long number = isListening ? Math.max(1, last) : now.numberAfter(last);
        if (!isListening || last == 0) { // or its own first list would be one that it does not know
            books.record(Event.LISTED, now, Map.of(Fields.NUMBER, Long.toString(number)));
        }
        Instant nextUpdate = now.seconds().plus(LIST_LIFETIME);
        X509CRL made = issuance.authority().sign(number, now.seconds(), nextUpdate, ledger.revoked(now.time()));
        list = made;
        madeAt = now.seconds();
        return made;
    }
}
