package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The next commit: what is stored, and on top of it the writes that share one sync. Each write sees those before it.
 * Confined to the writer.
 */
public final class Draft {

    private static final Logger LOG = LoggerFactory.getLogger(Draft.class);

    /** Expired entries removed in one step; each is a change of its own, and a commit should stay short. */
    static final int STEP_ENTRIES = 256;

    /** Removing an entry reads the page that holds it. */
    private static final long STEP_BYTES = 16 << 20;

    private final KvStore store;
    private final Limits limits;
    private final long nowMillis;
    private final Path file;
    private final Map<String, Optional<StoredEntry>> before = new LinkedHashMap<>();
    private final Map<String, Optional<StoredEntry>> after = new LinkedHashMap<>();
    private Totals totals;
    private long addedBytes;

    Draft(KvStore store, Limits limits, long nowMillis, Path file) {
        this.store = store;
        this.limits = limits;
        this.nowMillis = nowMillis;
        this.file = file;
        this.totals = store.totals();
    }

    /** The entry of a key unless it has expired. */
    public @Nullable StoredEntry get(String key) {
        StoredEntry entry = raw(key);
        return entry == null || entry.isExpiredAt(nowMillis) ? null : entry;
    }

    /**
     * Adds or replaces an entry.
     *
     * @throws StorageException if it does not fit; then this write changes nothing
     */
    public void put(String key, StoredEntry entry) {
        long sizeBytes = StoredEntry.sizeBytes(key, entry);
        checkRoom(sizeBytes);
        while (true) {
            Totals wanted = without(key).plus(1, sizeBytes);
            Problem problem = problemOf(wanted);
            if (problem == null) {
                change(key, entry);
                totals = wanted;
                addedBytes += sizeBytes;
                return;
            }
            if (removeExpired() == 0) {
                throw new StorageException(
                        problem,
                        file,
                        "full: at most " + limits.maxEntries() + " entries of " + limits.maxBytes() + " bytes in all",
                        null);
            }
        }
    }

    /** Removes the entry of a key, if there is one. */
    public void remove(String key) {
        totals = without(key);
        change(key, null);
    }

    /** Reads what is stored and compares it with its checksums. */
    public void verify() {
        store.verify();
    }

    /** Removes a bounded number of expired entries, and says how many. */
    int removeExpired() {
        // Those of this draft are still in the index of the store, so ask for as many more.
        List<String> expired = store.expired(nowMillis, STEP_ENTRIES + after.size());
        int removed = 0;
        long bytes = 0;
        for (String key : expired) {
            StoredEntry entry = readable(key);
            if (entry != null && entry.isExpiredAt(nowMillis) && removed < STEP_ENTRIES && bytes < STEP_BYTES) {
                bytes += entry.value().length;
                remove(key);
                removed++;
            }
        }
        return removed;
    }

    /** A damaged entry stays where it is: it must not keep all others from being removed, and all writes from happening. */
    private @Nullable StoredEntry readable(String key) {
        try {
            return raw(key);
        } catch (StorageException e) {
            LOG.debug("an expired entry cannot be read and stays", e);
            return null;
        }
    }

    /** Of each write alone: the others of the commit, and above all those that remove something, are not to fail with it. */
    private void checkRoom(long sizeBytes) {
        if (store.roomBytes() - addedBytes < sizeBytes) {
            throw new StorageException(
                    Problem.DISK_FULL, file, "the free space of the disk is kept for other programs", null);
        }
    }

    private @Nullable Problem problemOf(Totals wanted) {
        if (wanted.entries() > limits.maxEntries()) {
            return Problem.TOO_MANY_ENTRIES;
        }
        return wanted.bytes() > limits.maxBytes() ? Problem.QUOTA_EXCEEDED : null;
    }

    private Totals without(String key) {
        StoredEntry entry = raw(key);
        return entry == null ? totals : totals.plus(-1, -StoredEntry.sizeBytes(key, entry));
    }

    private @Nullable StoredEntry raw(String key) {
        Optional<StoredEntry> changed = after.get(key);
        return changed != null ? changed.orElse(null) : store.get(key);
    }

    private void change(String key, @Nullable StoredEntry entry) {
        if (!before.containsKey(key)) {
            before.put(key, Optional.ofNullable(store.get(key)));
        }
        after.put(key, Optional.ofNullable(entry));
    }

    boolean isEmpty() {
        return after.isEmpty();
    }

    /** What the changed keys have in the store. */
    Map<String, Optional<StoredEntry>> before() {
        return before;
    }

    /** What the changed keys are to have. */
    Map<String, Optional<StoredEntry>> after() {
        return after;
    }

    /** Number and size of the entries with the changes. */
    Totals totals() {
        return totals;
    }
}
