package io.chaski.ca.internal.authority;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.journal.Journal;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Journal and ledger, which never differ: what cannot be recorded has not happened. Confined to one thread.
 *
 * <p>Refusals are recorded too, but at most one in six seconds in the long run, because anybody can cause them; how many
 * were left out stands in the next one. Alarms have an allowance of their own: nobody without the token can use it up.
 */
final class Books {

    private static final Logger LOG = LoggerFactory.getLogger(Books.class);
    private static final String ALL = "";

    private final Journal journal;
    private final Ledger ledger;
    private final RateLimit refusals = new RateLimit(Duration.ofSeconds(6), 60);

    /** Of each token: the first is what somebody has to hear of, the next ones say that it goes on. */
    private final RateLimit alarms = new RateLimit(Duration.ofMinutes(10), 1);

    private long suppressed;

    Books(Journal journal, Ledger ledger) {
        this.journal = journal;
        this.ledger = ledger;
    }

    /** What is known. */
    Ledger ledger() {
        return ledger;
    }

    /** How many records there are: what a certificate says of its origin. */
    long records() {
        return journal.records();
    }

    /**
     * Records what has happened; it survives a power failure when this returns.
     *
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded
     */
    void record(Event event, Moment now, Map<String, String> fields) {
        if (journal.hasFailed()) {
            throw new EnrolmentException(EnrolmentProblem.CA_READ_ONLY, "the journal takes no records since it failed");
        }
        JournalRecord record = new JournalRecord(event, now.time(), fields);
        try {
            journal.append(record);
            ledger.apply(record);
        } catch (IOException e) {
            LOG.error("Nothing more is issued or revoked until the journal was opened again", e);
            throw new EnrolmentException(EnrolmentProblem.CA_READ_ONLY, "the journal has failed", e);
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("a record of our own that the ledger does not know", e);
        }
    }

    /** Records that somebody got nothing, unless too many were recorded of late or the journal takes no more. */
    void recordRefusal(Moment now, Map<String, String> fields) {
        recordWithin(refusals, ALL, Event.REFUSED, now, fields);
    }

    /** Records, and tells the log, that a second key has used a token: it was stolen, or its machine was copied. */
    void recordAlarm(String token, Moment now, Map<String, String> fields) {
        if (recordWithin(alarms, token, Event.ALARM, now, fields)) {
            LOG.warn("Another key has tried to use a token that is used up: {}", fields);
        }
    }

    private boolean recordWithin(RateLimit limit, String party, Event event, Moment now, Map<String, String> fields) {
        if (!limit.waitFor(party, now.nanos()).isZero()) {
            suppressed++;
            return false;
        }
        limit.use(party, now.nanos());
        Map<String, String> all = new LinkedHashMap<>(fields);
        if (suppressed > 0) {
            all.put(Fields.SUPPRESSED, Long.toString(suppressed));
        }
        try {
            record(event, now, all);
            suppressed = 0;
        } catch (EnrolmentException e) {
            suppressed++; // that the journal has failed is in the log already, and the refusal stands
        }
        return true;
    }
}
