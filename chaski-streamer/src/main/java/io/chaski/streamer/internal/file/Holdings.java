package io.chaski.streamer.internal.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this node can give to others. Whoever knows a manifest may have its file. By the whole manifest and not by its hash,
 * because a node may hold a part of what somebody only claims to have this hash. Thread-safe.
 */
final class Holdings {

    /** The lists of 500 files of 4 GiB, or of any number of small ones. */
    static final long MAX_LIST_BYTES = 256L << 20;

    /** Received files are given on as long as there is room; a file that is pushed or shared is refused then. */
    static final int MAX_FILES = 100_000;

    private final Map<Manifest, List<Holding>> byManifest = new HashMap<>();
    private long listBytes;
    private int files;

    /** Adds a holding; false if there is no room. */
    synchronized boolean add(Holding holding) {
        long bytes = holding.list().encoded().length;
        if (files >= MAX_FILES || listBytes + bytes > MAX_LIST_BYTES) {
            return false;
        }
        files++;
        listBytes += bytes;
        List<Holding> same = byManifest.computeIfAbsent(holding.manifest(), any -> new ArrayList<>());
        same.add(holding.isComplete() ? 0 : same.size(), holding);
        return true;
    }

    /** Takes a holding out; does nothing if it is not in. */
    synchronized void remove(Holding holding) {
        List<Holding> same = byManifest.get(holding.manifest());
        if (same != null && same.remove(holding)) {
            files--;
            listBytes -= holding.list().encoded().length;
            if (same.isEmpty()) {
                byManifest.remove(holding.manifest());
            }
        }
    }

    /** Whether it may still be given. */
    synchronized boolean contains(Holding holding) {
        List<Holding> same = byManifest.get(holding.manifest());
        return same != null && same.contains(holding);
    }

    /** The latest complete one, or a part if there is none. */
    synchronized Optional<Holding> find(Manifest manifest) {
        return Optional.ofNullable(byManifest.get(manifest)).map(same -> same.get(0));
    }
}
