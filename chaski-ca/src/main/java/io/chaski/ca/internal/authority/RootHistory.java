package io.chaski.ca.internal.authority;

import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import io.chaski.core.security.Fingerprint;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which roots nodes are told to trust, as the journal has it: those of some generations, and a number that counts the sets up.
 * Confined to one thread.
 */
final class RootHistory {

    private final NavigableMap<Integer, Fingerprint> roots = new TreeMap<>();
    private long number = 1;
    private Instant newestSince = Instant.MIN;

    /** The root that the authority was made with. */
    void begin(Fingerprint root) {
        roots.put(1, root);
    }

    /** Another one beside it. */
    void add(JournalRecord record) throws MalformedRecordException {
        roots.put(generation(record), Fingerprint.parse(record.field(Fields.ROOT)));
        number = Long.parseLong(record.field(Fields.NUMBER));
        newestSince = record.time();
    }

    /** Those before one are trusted no more. */
    void drop(JournalRecord record) throws MalformedRecordException {
        roots.headMap(generation(record), false).clear();
        number = Long.parseLong(record.field(Fields.NUMBER));
    }

    private static int generation(JournalRecord record) throws MalformedRecordException {
        return Integer.parseInt(record.field(Fields.GENERATION));
    }

    /** Fingerprints of the certificates by generation, oldest first. */
    NavigableMap<Integer, Fingerprint> roots() {
        return roots;
    }

    /** The generation of the newest one, 1 or more. */
    int newest() {
        return roots.isEmpty() ? 1 : roots.lastKey();
    }

    /** Number of the present set. */
    long number() {
        return number;
    }

    /** When the newest one was added. */
    Instant newestSince() {
        return newestSince;
    }
}
