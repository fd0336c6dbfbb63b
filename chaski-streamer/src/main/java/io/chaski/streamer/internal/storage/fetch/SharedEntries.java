package io.chaski.streamer.internal.storage.fetch;

import io.chaski.streamer.internal.storage.StoredEntry;
import org.jspecify.annotations.Nullable;

/** What the owner's side needs of a storage. */
public interface SharedEntries {

    /** The entry of a key; null if there is none. */
    @Nullable
    StoredEntry find(String key);

    /** How long an entry has still to live, in milliseconds; {@link StoredEntry#NEVER} for ever. */
    long remainingMillis(StoredEntry entry);

    /** Removes an entry if it is still this one, durably, and says whether it was. Waits for the disk. */
    boolean remove(String key, StoredEntry entry);
}
