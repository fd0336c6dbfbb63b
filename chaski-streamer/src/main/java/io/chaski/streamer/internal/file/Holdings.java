package io.chaski.streamer.internal.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What this node can give to others, by hash. Whoever knows the hash may have it. Thread-safe. */
final class Holdings {

    /** The lists of 500 files of 4 GiB, or of any number of small ones. */
    static final long MAX_LIST_BYTES = 256L << 20;

    /** Received files are given on as long as there is room; a file that is pushed or shared is refused then. */
    static final int MAX_FILES = 100_000;

    private final Map<Sha256, List<Holding>> byHash = new HashMap<>();
    private long listBytes;
    private int files;

    /** Adds a holding, the best for its hash from now on; false if there is no room. */
    synchronized boolean add(Holding holding) {
        long bytes = holding.list().encoded().length;
        if (files >= MAX_FILES || listBytes + bytes > MAX_LIST_BYTES) {
            return false;
        }
        files++;
        listBytes += bytes;
        byHash.computeIfAbsent(holding.manifest().hash(), any -> new ArrayList<>())
                .add(0, holding);
        return true;
    }

    /** Takes a holding out; does nothing if it is not in. */
    synchronized void remove(Holding holding) {
        List<Holding> same = byHash.get(holding.manifest().hash());
        if (same != null && same.remove(holding)) {
            files--;
            listBytes -= holding.list().encoded().length;
            if (same.isEmpty()) {
                byHash.remove(holding.manifest().hash());
            }
        }
    }

    synchronized Optional<Holding> find(Sha256 hash) {
        return Optional.ofNullable(byHash.get(hash)).map(same -> same.get(0));
    }
}
