package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/**
 * The maps in one opened file: the entries by key, the keys by expiry, and a few numbers. Read by any thread, changed by
 * one.
 */
final class MvMaps {

    private static final long FORMAT = 1;
    private static final String FORMAT_KEY = "format";
    private static final String ENTRIES_KEY = "entries";
    private static final String BYTES_KEY = "bytes";

    /** A small page is a small commit: each rewrites the pages from the root to the changed leaf, in three maps. */
    private static final int PAGE_BYTES = 4_096;

    /** In KiB, far above the largest commit: the library must never commit half of one by itself. */
    private static final int AUTO_COMMIT_KIB = 1 << 20;

    /** Replaced chunks stay this long, so that the keys can be listed from a version that is being replaced. */
    private static final int RETENTION_MILLIS = 5_000;

    private static final int COMPACT_BELOW_PERCENT = 50;
    private static final int COMPACT_STEP_BYTES = 1 << 20;
    private static final int COMPACT_ON_CLOSE_MILLIS = 200;

    private static final int EXPIRY_DIGITS = 16;

    private final MvFile file;
    private final MVStore store;
    private final MVMap<String, byte[]> entries;
    private final MVMap<String, byte[]> expiries;
    private final MVMap<String, Long> numbers;

    private MvMaps(MvFile opened) {
        this.file = opened;
        boolean isOpen = false;
        try {
            this.store = new MVStore.Builder()
                    .adoptFileStore(file)
                    .autoCommitDisabled()
                    .autoCommitBufferSize(AUTO_COMMIT_KIB)
                    .pageSplitSize(PAGE_BYTES)
                    .open();
            isOpen = true;
        } finally {
            if (!isOpen) {
                file.close();
            }
        }
        boolean areThere = false;
        try {
            store.setRetentionTime(RETENTION_MILLIS);
            this.entries = store.openMap(
                    "entries",
                    new MVMap.Builder<String, byte[]>()
                            .keyType(StringDataType.INSTANCE)
                            .valueType(ByteArrayDataType.INSTANCE));
            this.expiries = store.openMap(
                    "expiries",
                    new MVMap.Builder<String, byte[]>()
                            .keyType(StringDataType.INSTANCE)
                            .valueType(ByteArrayDataType.INSTANCE));
            this.numbers = store.openMap(
                    "numbers",
                    new MVMap.Builder<String, Long>()
                            .keyType(StringDataType.INSTANCE)
                            .valueType(LongDataType.INSTANCE));
            areThere = true;
        } finally {
            if (!areThere) {
                abandon(); // or it would stay locked
            }
        }
    }

    /** Makes a new file, durable when this returns. */
    static MvMaps create(MvFile file) {
        MvMaps maps = new MvMaps(file);
        boolean isGood = false;
        try {
            maps.numbers.put(FORMAT_KEY, FORMAT);
            maps.keep(Totals.NOTHING);
            maps.write();
            maps.force();
            isGood = true;
        } finally {
            if (!isGood) {
                maps.abandon();
            }
        }
        return maps;
    }

    /** Opens a file that {@link #create} has made. */
    static MvMaps open(Path path, MvFile file) throws IOException {
        MvMaps maps = new MvMaps(file);
        boolean isGood = false;
        try {
            maps.check(path);
            isGood = true;
        } finally {
            if (!isGood) {
                maps.abandon();
            }
        }
        return maps;
    }

    private void check(Path path) throws IOException {
        if (store.isReadOnly()) {
            throw new IOException("no permission to write");
        }
        Long format = numbers.get(FORMAT_KEY);
        if (format != null && format > FORMAT) {
            throw new StorageException(
                    Problem.FAILED, path, "written by a later version of this library, format " + format, null);
        }
        if (format == null || totals().entries() != entries.sizeAsLong()) {
            throw new StorageException(Problem.DAMAGED, path, "no storage, or not all of it", null);
        }
    }

    MVMap<String, byte[]> entries() {
        return entries;
    }

    List<String> keys(String prefix, long nowMillis) {
        MVStore.TxCounter usage = store.registerVersionUsage(); // keeps the pages that are being read
        try {
            Set<String> gone = new HashSet<>(expired(nowMillis, Integer.MAX_VALUE));
            List<String> keys = new ArrayList<>();
            Iterator<String> from = entries.keyIterator(prefix.isEmpty() ? null : prefix);
            while (from.hasNext()) {
                String key = from.next();
                if (!key.startsWith(prefix)) {
                    break;
                }
                if (!gone.contains(key)) {
                    keys.add(key);
                }
            }
            return keys;
        } finally {
            store.deregisterVersionUsage(usage);
        }
    }

    List<String> expired(long nowMillis, int limit) {
        List<String> keys = new ArrayList<>();
        Iterator<String> index = expiries.keyIterator(null);
        while (keys.size() < limit && index.hasNext()) {
            String next = index.next();
            if (Long.parseLong(next.substring(0, EXPIRY_DIGITS), 16) > nowMillis) {
                break;
            }
            keys.add(next.substring(EXPIRY_DIGITS));
        }
        return keys;
    }

    /** Whether entries, index and numbers are what was written, and fit each other. */
    boolean isSound() {
        long count = 0;
        long bytes = 0;
        long expiring = 0;
        Cursor<String, byte[]> all = entries.cursor(null);
        while (all.hasNext()) {
            String key = all.next();
            StoredEntry entry = EntryFormat.decode(key, all.getValue());
            if (entry == null) {
                return false;
            }
            count++;
            bytes += StoredEntry.sizeBytes(key, entry);
            if (entry.expiresAtMillis() != StoredEntry.NEVER) {
                expiring++;
                if (!expiries.containsKey(indexed(entry.expiresAtMillis(), key))) {
                    return false;
                }
            }
        }
        return totals().equals(new Totals(count, bytes)) && expiries.sizeAsLong() == expiring;
    }

    Totals totals() {
        return new Totals(number(ENTRIES_KEY), number(BYTES_KEY));
    }

    private long number(String name) {
        Long number = numbers.get(name);
        return number == null ? 0 : number;
    }

    void keep(Totals totals) {
        numbers.put(ENTRIES_KEY, totals.entries());
        numbers.put(BYTES_KEY, totals.bytes());
    }

    /** Changes an entry together with its place in the index. */
    void change(String key, @Nullable StoredEntry entry) {
        byte[] old = entry == null ? entries.remove(key) : entries.put(key, EntryFormat.encode(key, entry));
        StoredEntry replaced = old == null ? null : EntryFormat.decode(key, old);
        if (replaced != null && replaced.expiresAtMillis() != StoredEntry.NEVER) {
            expiries.remove(indexed(replaced.expiresAtMillis(), key));
        }
        if (entry != null && entry.expiresAtMillis() != StoredEntry.NEVER) {
            expiries.put(indexed(entry.expiresAtMillis(), key), new byte[0]);
        }
    }

    /** Sorts by time, then by key. */
    private static String indexed(long expiresAtMillis, String key) {
        return String.format("%016x", expiresAtMillis) + key;
    }

    /** Writes the changes to the file, where {@link #force} makes them durable. */
    void write() {
        store.commit();
    }

    /** Forces to disk what was written. If that fails, nobody knows what is on disk; it must not be tried again. */
    void force() {
        store.sync();
    }

    /** Moves up to a mebibyte out of chunks of which little is still in use. */
    void compactStep() {
        file.compact(COMPACT_BELOW_PERCENT, COMPACT_STEP_BYTES);
    }

    /** Makes durable whatever can be read now. */
    void rewrite() {
        file.rewrite();
    }

    /** The version of the last commit. */
    long version() {
        return file.lastChunkVersion();
    }

    boolean isClosed() {
        return store.isClosed();
    }

    /** Compacts for a limited time, and closes. */
    void close() {
        store.close(COMPACT_ON_CLOSE_MILLIS);
    }

    /** Closes without writing anything. */
    void abandon() {
        try {
            store.closeImmediately();
        } catch (MVStoreException e) {
            if (!store.isClosed()) {
                throw e;
            }
        }
    }
}
