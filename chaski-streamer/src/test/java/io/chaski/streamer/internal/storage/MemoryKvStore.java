package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps pairs in memory, and lets a test look into a commit: it is visible before it is durable, as in the real one. */
final class MemoryKvStore implements KvStore {

    private final ConcurrentSkipListMap<String, StoredEntry> entries = new ConcurrentSkipListMap<>();
    private final List<Integer> commitSizes = new CopyOnWriteArrayList<>();
    private volatile Totals totals = Totals.NOTHING;
    private volatile Supplier<@Nullable StorageException> sync = () -> null;
    private volatile long roomBytes = Long.MAX_VALUE;
    private volatile boolean isClosed;

    /** What happens between the change and its acknowledgement; an exception undoes it. */
    void onSync(Supplier<@Nullable StorageException> next) {
        sync = next;
    }

    /** How much the disk still takes. */
    void setRoomBytes(long bytes) {
        roomBytes = bytes;
    }

    /** How many keys each commit has changed. */
    List<Integer> commitSizes() {
        return commitSizes;
    }

    boolean isClosed() {
        return isClosed;
    }

    @Override
    public @Nullable StoredEntry get(String key) {
        return entries.get(key);
    }

    @Override
    public List<String> keys(String prefix, long nowMillis) {
        return entries.entrySet().stream()
                .filter(entry ->
                        entry.getKey().startsWith(prefix) && !entry.getValue().isExpiredAt(nowMillis))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public List<String> expired(long nowMillis, int limit) {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().isExpiredAt(nowMillis))
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public Totals totals() {
        return totals;
    }

    @Override
    public long roomBytes() {
        return roomBytes;
    }

    @Override
    public void verify() {}

    @Override
    public void commit(Map<String, Optional<StoredEntry>> changes, Totals after) {
        ConcurrentSkipListMap<String, StoredEntry> before = entries.clone();
        changes.forEach(
                (key, entry) -> entry.ifPresentOrElse(value -> entries.put(key, value), () -> entries.remove(key)));
        StorageException failure = sync.get();
        if (failure != null) {
            entries.clear();
            entries.putAll(before);
            throw failure;
        }
        totals = after;
        commitSizes.add(changes.size());
    }

    @Override
    public void tidy() {}

    @Override
    public void close() {
        isClosed = true;
    }
}
