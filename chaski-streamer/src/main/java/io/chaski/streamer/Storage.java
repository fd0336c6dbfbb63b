package io.chaski.streamer;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Registration;
import io.chaski.core.TypeRef;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.streamer.internal.storage.Draft;
import io.chaski.streamer.internal.storage.Limits;
import io.chaski.streamer.internal.storage.MvKvStore;
import io.chaski.streamer.internal.storage.StorageWriter;
import io.chaski.streamer.internal.storage.StoredEntry;
import io.chaski.streamer.internal.storage.fetch.Owner;
import io.chaski.streamer.internal.storage.fetch.SharedEntries;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values by key in a file, each for a limited time. Values are bytes, text, or objects through a codec.
 *
 * <p>A write returns when it is on disk: whatever happens to the process or the machine afterwards, a write that was
 * acknowledged is there when the file is opened again. This costs one sync of the disk, from a tenth of a millisecond on
 * a good SSD to some milliseconds; threads that write at the same time share it, so eight threads do several times the
 * writes of one. Reads never wait for the disk to write and show acknowledged writes only.
 *
 * <p>An entry that has expired is gone for every reader at once; its space is given back in the background. What has
 * expired is decided by the wall clock, because it must hold across restarts: a clock that is set back lets entries live
 * longer.
 *
 * <p>One storage at a time has the file, of all processes. Beside the file {@code f} is a small file {@code f.lock}; they
 * belong together. To begin with nothing, delete {@code f}.
 *
 * <p>Thread-safe. Each operation is atomic; those that write wait for the disk and can be interrupted, and must not be
 * called where waiting is forbidden, as with {@link io.chaski.core.Dispatch#INLINE}. After {@link #close()} all of them
 * throw {@link StorageException} with {@link StorageException.Problem#CLOSED}.
 */
public final class Storage implements AutoCloseable {

    /** The time to live of an entry that does not expire. */
    public static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    /** Most bytes of a key in UTF-8; a key is in memory and in the index, a value is where it belongs. */
    public static final int MAX_KEY_BYTES = 1_024;

    private static final int CLEAR_STEP = 1_000;

    /** Until a commit is on disk, what it removes is in memory. */
    private static final long CLEAR_STEP_BYTES = 16 << 20;

    private final StorageOptions options;
    private final StorageWriter writer;

    private Storage(StorageOptions options, StorageWriter writer) {
        this.options = options;
        this.writer = writer;
    }

    /**
     * Opens a storage with the default options.
     *
     * @param file as in {@link #open(Path, StorageOptions)}
     */
    public static Storage open(Path file) {
        return open(file, StorageOptions.DEFAULTS);
    }

    /**
     * Opens a storage, and makes its file and folder if they are not there, the file readable by its owner only.
     *
     * @param file any path, such as {@code data/storage.db}
     * @param options limits and defaults; may differ from those of the last time
     * @throws StorageException {@code IN_USE} if another storage has the file, {@code DAMAGED} if the file is no storage
     *     or not what was last written, {@code DISK_FULL} or {@code FAILED} if the operating system refuses
     */
    public static Storage open(Path file, StorageOptions options) {
        Objects.requireNonNull(options, "options");
        MvKvStore store = MvKvStore.open(file, options.freeSpaceFloor());
        Limits limits = new Limits(options.maxEntries(), options.maxBytes());
        return new Storage(options, new StorageWriter(file, store, limits, options.environment()::currentTimeMillis));
    }

    // ---- writing

    /**
     * Puts a value for the storage's default time.
     *
     * @param key as in {@link #put(String, Object, Duration)}
     * @param value as in {@link #put(String, Object, Duration)}
     */
    public void put(String key, Object value) {
        put(key, value, options.timeToLive());
    }

    /**
     * Puts a value, in the place of the one that the key may have. On disk when this returns.
     *
     * @param key 1 to {@value #MAX_KEY_BYTES} bytes of UTF-8
     * @param value bytes, text or an object that the codec of the options encodes; not looked at any more when this
     *     returns
     * @param timeToLive longer than nothing; rounded up to milliseconds; {@link #FOREVER} if it is not to expire
     * @throws StorageException {@code TOO_MANY_ENTRIES}, {@code QUOTA_EXCEEDED} or {@code DISK_FULL}: the key then has what
     *     it had before; {@code DAMAGED}: so it has, and that cannot be read; {@code FAILED}: it has that or the value
     * @throws IllegalArgumentException if the key or the encoded value is too large, or the time is not positive
     * @throws io.chaski.core.codec.CodecException if the value cannot be encoded
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is; the value
     *     may still be put
     */
    public void put(String key, Object value, Duration timeToLive) {
        checkKey(key);
        checkTimeToLive(timeToLive);
        PayloadCodec codec = options.codecs().get(contentTypeOf(value));
        byte[] encoded = codec.encode(value, value.getClass());
        checkLength(encoded.length);
        byte[] own = encoded == value ? encoded.clone() : encoded;
        put(key, new StoredEntry(codec.contentType(), own, expiryAfter(timeToLive)));
    }

    private void put(String key, StoredEntry entry) {
        writer.execute(
                draft -> {
                    draft.put(key, entry);
                    return true;
                },
                entry.value().length);
    }

    /**
     * Puts what was found elsewhere, in its encoding and for the time it has still to live; nothing if there is none left.
     *
     * @param key as in {@link #put(String, Object, Duration)}
     * @param entry of another storage, or of this one
     * @throws StorageException as in {@link #put(String, Object, Duration)}
     * @throws IllegalArgumentException if the key or the entry is too large
     * @throws java.util.concurrent.CancellationException as in {@link #put(String, Object, Duration)}
     */
    public void keep(String key, StorageEntry entry) {
        checkKey(key);
        checkLength(entry.lengthBytes());
        if (!entry.timeToLive().isZero()) {
            put(key, new StoredEntry(entry.contentType(), entry.bytes(), expiryAfter(entry.timeToLive())));
        }
    }

    /**
     * Removes an entry and returns its value: of several callers one gets it. On disk when this returns.
     *
     * @param key any key
     * @return what it had, or empty if it had nothing
     * @throws StorageException {@code DAMAGED} if the entry cannot be read, which stays; {@code FAILED}: the key then has
     *     what it had before, or the entry is lost
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is; the entry
     *     may be lost
     */
    public Optional<StorageEntry> take(String key) {
        checkKey(key);
        Optional<StoredEntry> taken = writer.execute(
                draft -> {
                    StoredEntry entry = draft.get(key);
                    if (entry != null) {
                        draft.remove(key);
                    }
                    return Optional.ofNullable(entry);
                },
                0);
        return taken.map(this::found);
    }

    /**
     * As {@link #take(String)}, read as an object.
     *
     * @param key any key
     * @param type what to read the value as
     * @throws io.chaski.core.codec.CodecException if it is no such object; the entry is then removed nevertheless
     */
    public <T> Optional<T> take(String key, Class<T> type) {
        return take(key).map(entry -> entry.as(type));
    }

    /**
     * Removes an entry. On disk when this returns.
     *
     * @param key any key
     * @return whether there was one
     * @throws StorageException {@code DAMAGED} if the entry cannot be read, which stays; {@code FAILED}: the key then has
     *     what it had before, or nothing
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is; the entry
     *     may still be removed
     */
    public boolean delete(String key) {
        return take(key).isPresent();
    }

    /**
     * Removes the entries that there are now, in steps of up to 1,000; those that are put meanwhile may stay.
     *
     * @return how many it has removed
     * @throws StorageException {@code DAMAGED} if an entry cannot be read, or {@code FAILED}; some may have been removed
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is; some may
     *     have been removed
     */
    public long clear() {
        List<String> keys = keys();
        long removed = 0;
        int from = 0;
        while (from < keys.size()) {
            List<String> rest = keys.subList(from, keys.size());
            Cleared step = writer.execute(draft -> clear(rest, draft), 0);
            from += step.keys();
            removed += step.entries();
        }
        return removed;
    }

    /** One step: how many keys were looked at, and how many entries were there. */
    private record Cleared(int keys, int entries) {}

    private static Cleared clear(List<String> rest, Draft draft) {
        int keys = 0;
        int entries = 0;
        long bytes = 0;
        while (keys < rest.size() && keys < CLEAR_STEP && bytes < CLEAR_STEP_BYTES) {
            String key = rest.get(keys++);
            StoredEntry entry = draft.get(key);
            if (entry != null) {
                draft.remove(key);
                entries++;
                bytes += entry.value().length;
            }
        }
        return new Cleared(keys, entries);
    }

    // ---- reading

    /**
     * The entry of a key.
     *
     * @param key any key
     * @return what it has, or empty if it has nothing
     * @throws StorageException {@code DAMAGED} or {@code FAILED} if it cannot be read
     */
    public Optional<StorageEntry> get(String key) {
        checkKey(key);
        return Optional.ofNullable(writer.get(key)).map(this::found);
    }

    /**
     * The value of a key, read as an object.
     *
     * @param key any key
     * @param type what to read it as; what was put says nothing about it
     * @return what it has, or empty if it has nothing
     * @throws StorageException {@code DAMAGED} or {@code FAILED} if it cannot be read
     * @throws io.chaski.core.codec.CodecException if it is no such object
     */
    public <T> Optional<T> get(String key, Class<T> type) {
        return get(key).map(entry -> entry.as(type));
    }

    /**
     * The value of a key, read as an object whose type has type arguments.
     *
     * @param key any key
     * @param type what to read it as
     * @return as {@link #get(String, Class)}
     */
    public <T> Optional<T> get(String key, TypeRef<T> type) {
        return get(key).map(entry -> entry.as(type));
    }

    /**
     * Whether a key has an entry.
     *
     * @param key any key
     * @throws StorageException {@code DAMAGED} or {@code FAILED} if it cannot be read
     */
    public boolean exists(String key) {
        checkKey(key);
        return writer.get(key) != null;
    }

    /** The keys that have an entry, in order; at most as many as the options allow. */
    public List<String> keys() {
        return keys("");
    }

    /**
     * The keys that have an entry and begin with some text, in order.
     *
     * @param prefix such as {@code orders/}; all keys if empty
     * @throws StorageException {@code DAMAGED} or {@code FAILED} if they cannot be read
     */
    public List<String> keys(String prefix) {
        return writer.keys(Objects.requireNonNull(prefix, "prefix"));
    }

    /**
     * Reads everything and compares it with its checksums. Each read checks what it reads; this also finds damage in what
     * nobody reads, such as a key that became another one. Takes as long as the disk needs to read the file; writes
     * wait meanwhile.
     *
     * @throws StorageException {@code DAMAGED} if anything is not as it was written, {@code FAILED} if it cannot be read
     */
    public void verify() {
        writer.execute(
                draft -> {
                    draft.verify();
                    return true;
                },
                0);
    }

    // ---- sharing

    /**
     * Lets peers of a node ask for entries, with {@link PeerStorage}. A peer gets what the policy allows it and nothing
     * else. Up to 16 answers are under way at once, 4 for one peer; further questions are turned away as too busy. An
     * answer ends when its asker is silent for a minute.
     *
     * @param node serves one storage at a time
     * @param policy who gets what; think of who can join the cluster
     * @return ends it; answers that are under way go on, as long as the storage is open
     * @throws IllegalStateException if the node serves a storage already
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public Registration serve(ChaskiNode node, StoragePolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return node.streams().serve(Owner.PROTOCOL, new Owner(new Shared(), policy));
    }

    /** What answers need. */
    private final class Shared implements SharedEntries {

        @Override
        public @Nullable StoredEntry find(String key) {
            return writer.get(key);
        }

        @Override
        public long remainingMillis(StoredEntry entry) {
            return Storage.this.remainingMillis(entry);
        }

        @Override
        public boolean remove(String key, StoredEntry entry) {
            return writer.execute(
                    draft -> {
                        boolean isSame = entry.equals(draft.get(key));
                        if (isSame) {
                            draft.remove(key);
                        }
                        return isSame;
                    },
                    0);
        }
    }

    /** Finishes the write under way and lets go of the file, within some seconds. Does nothing when closed. */
    @Override
    public void close() {
        writer.close();
    }

    // ---- parts

    private StorageEntry found(StoredEntry entry) {
        long leftMillis = remainingMillis(entry);
        Duration left = leftMillis == StoredEntry.NEVER ? FOREVER : Duration.ofMillis(leftMillis);
        return new StorageEntry(entry, left, options.codecs());
    }

    private long remainingMillis(StoredEntry entry) {
        long end = entry.expiresAtMillis();
        return end == StoredEntry.NEVER
                ? end
                : Math.max(0, end - options.environment().currentTimeMillis());
    }

    private void checkLength(int lengthBytes) {
        if (lengthBytes > options.maxValueBytes()) {
            throw new IllegalArgumentException(
                    "a value has at most " + options.maxValueBytes() + " bytes, not " + lengthBytes);
        }
    }

    private String contentTypeOf(Object value) {
        Objects.requireNonNull(value, "value");
        if (value instanceof byte[]) {
            return PayloadCodec.bytes().contentType();
        }
        return value instanceof String ? PayloadCodec.text().contentType() : options.contentType();
    }

    private long expiryAfter(Duration timeToLive) {
        long nowMillis = options.environment().currentTimeMillis();
        if (timeToLive.toSeconds() > (StoredEntry.NEVER - nowMillis) / 1_000 - 1) {
            return StoredEntry.NEVER; // in some 292 million years
        }
        return nowMillis + timeToLive.plusNanos(999_999).toMillis();
    }

    static Duration checkTimeToLive(Duration timeToLive) {
        if (timeToLive.isZero() || timeToLive.isNegative()) {
            throw new IllegalArgumentException(
                    "timeToLive must be positive, or Storage.FOREVER for an entry that does not expire: " + timeToLive);
        }
        return timeToLive;
    }

    static String checkKey(@Nullable String key) {
        Objects.requireNonNull(key, "key");
        boolean isText = StandardCharsets.UTF_8.newEncoder().canEncode(key);
        int bytes = isText ? key.getBytes(StandardCharsets.UTF_8).length : 0;
        if (bytes < 1 || bytes > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("a key has 1 to " + MAX_KEY_BYTES + " bytes of UTF-8"
                    + (isText ? ", not " + bytes : ", and no half of a surrogate pair"));
        }
        return key;
    }
}
