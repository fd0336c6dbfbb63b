package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pairs on disk, ordered by key, with an index by the time of expiry. Knows no clock: an entry is there until it is
 * removed. One thread writes at a time; any thread reads at any time, and may see a part of the commit under way.
 */
public interface KvStore {

    /**
     * The entry of a key.
     *
     * @throws StorageException if it cannot be read, or what was read is damaged
     */
    @Nullable
    StoredEntry get(String key);

    /**
     * The keys with some beginning, in order, as they were at one moment of the call.
     *
     * @param prefix what they begin with, perhaps nothing
     * @param nowMillis those that expire up to now are left out
     */
    List<String> keys(String prefix, long nowMillis);

    /**
     * The keys that expire first, in this order.
     *
     * @param nowMillis the latest expiry
     * @param limit how many at most
     */
    List<String> expired(long nowMillis, int limit);

    /** Number and size of the entries of the last commit. */
    Totals totals();

    /**
     * How many bytes may be added until the disk counts as full; 0 or less if nothing may.
     *
     * @throws StorageException if the disk does not say
     */
    long roomBytes();

    /**
     * Makes changes durable, all or none.
     *
     * @param changes the new entry of each key, or nothing to remove it
     * @param totals what there is afterwards
     * @throws StorageException if it did not work; then nothing has changed, also for readers. But after {@code FAILED}
     *     that is not known, and perhaps everything fails from then on
     */
    void commit(Map<String, Optional<StoredEntry>> changes, Totals totals);

    /**
     * Reads everything that the last commit has left. While nothing is written.
     *
     * @throws StorageException {@code DAMAGED} if anything is not as it was written
     */
    void verify();

    /** Gives space back that replaced and removed entries have left, a bounded step of it. */
    void tidy();

    /** Compacts for a limited time and lets go of the file. Readers get {@code CLOSED} from then on. */
    void close();
}
