package io.chaski.streamer.internal.storage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Shows readers what is durable while a commit is under way: the store may already contain a part of the commit, so for
 * its keys readers get what was there before. A reader never waits for the disk to write. Thread-safe; one thread
 * commits.
 */
final class CommittedReads {

    /** A new object for each state, so that a reader knows by its identity that nothing has happened meanwhile. */
    private static final class Commit {
        private final Map<String, Optional<StoredEntry>> before;

        Commit(Map<String, Optional<StoredEntry>> before) {
            this.before = before;
        }
    }

    private final KvStore store;
    private volatile Commit underWay = new Commit(Map.of());

    CommittedReads(KvStore store) {
        this.store = store;
    }

    /** Before the store is changed. */
    void begin(Map<String, Optional<StoredEntry>> before) {
        underWay = new Commit(Map.copyOf(before));
    }

    /** When the changes are durable, or have been undone. */
    void end() {
        underWay = new Commit(Map.of());
    }

    @Nullable
    StoredEntry get(String key) {
        while (true) {
            Commit commit = underWay;
            Optional<StoredEntry> before = commit.before.get(key);
            StoredEntry entry = before != null ? before.orElse(null) : store.get(key);
            if (commit == underWay) {
                return entry;
            }
        }
    }

    List<String> keys(String prefix, long nowMillis) {
        while (true) {
            Commit commit = underWay;
            List<String> stored = store.keys(prefix, nowMillis);
            if (commit == underWay) {
                return commit.before.isEmpty() ? stored : corrected(stored, prefix, nowMillis, commit.before);
            }
        }
    }

    private static List<String> corrected(
            List<String> stored, String prefix, long nowMillis, Map<String, Optional<StoredEntry>> before) {
        TreeSet<String> keys = new TreeSet<>(stored);
        before.forEach((key, entry) -> {
            if (entry.isEmpty() || entry.get().isExpiredAt(nowMillis)) {
                keys.remove(key);
            } else if (key.startsWith(prefix)) {
                keys.add(key);
            }
        });
        return List.copyOf(keys);
    }
}
