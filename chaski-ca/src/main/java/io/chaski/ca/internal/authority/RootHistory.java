package io.chaski.ca.internal.authority;

import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import io.chaski.core.security.Fingerprint;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which roots nodes are told to trust, as the journal has it: those of some generations, and a number that counts the sets up.
 * Confined to one thread.
 */
final class RootHistory {

    private final NavigableMap<Integer, Fingerprint> roots = new TreeMap<>();
    private long number = 1;
    private Instant newestHeardBy = Instant.MIN;
    private Instant addedAt = Instant.MIN;

    /** The root that the authority was made with. */
    void begin(Fingerprint root) {
        roots.put(1, root);
    }

    /**
     * Another one beside it.
     *
     * @param latestEnd when the last certificate ends that was given before
     */
    void add(JournalRecord record, Instant latestEnd) throws MalformedRecordException {
        roots.put(generation(record), Fingerprint.parse(record.field(Fields.ROOT)));
        number = Long.parseLong(record.field(Fields.NUMBER));
        newestHeardBy = latestEnd;
        addedAt = record.time();
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

    /** Of which generation one of them is, 1 or more. */
    int generationOf(Fingerprint root) {
        return roots.entrySet().stream()
                .filter(each -> each.getValue().equals(root))
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** When the last certificate ends that was known, and not revoked, when the newest one was added. */
    Instant newestHeardBy() {
        return newestHeardBy;
    }

    /** When the newest one was added; long ago for the first. */
    Instant addedAt() {
        return addedAt;
    }
}
