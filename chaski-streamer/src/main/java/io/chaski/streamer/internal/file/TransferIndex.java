package io.chaski.streamer.internal.file;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The transfers of one acceptor, by what others say about them: pushes and manifests. A peer that speaks costs no look at all
 * of them. Confined to its acceptor's lock.
 */
final class TransferIndex {

    /** Answers go to this many pushes of one file; more come from a publisher that repeats itself. */
    static final int MAX_PUSHES = 16;

    private final Map<Transfer, Set<Destination.Push>> pushes = new LinkedHashMap<>();
    private final Map<Destination.Push, Transfer> byPush = new HashMap<>();
    private final Map<Manifest, Set<Transfer>> byManifest = new HashMap<>();

    /** A push is answered by a transfer; false if there are too many of them. */
    boolean add(Destination.Push push, Transfer transfer) {
        Set<Destination.Push> answered = pushes.computeIfAbsent(transfer, any -> new LinkedHashSet<>());
        if (answered.size() >= MAX_PUSHES) {
            return false;
        }
        answered.add(push);
        byPush.put(push, transfer);
        byManifest
                .computeIfAbsent(transfer.incoming().manifest(), any -> new LinkedHashSet<>())
                .add(transfer);
        return true;
    }

    Optional<Transfer> find(Destination.Push push) {
        return Optional.ofNullable(byPush.get(push));
    }

    /** The one that receives this very file for this name. */
    Optional<Transfer> find(Manifest manifest, String name) {
        return of(manifest).stream()
                .filter(transfer -> transfer.incoming().offer().name().equals(name))
                .findFirst();
    }

    List<Transfer> of(Manifest manifest) {
        return List.copyOf(byManifest.getOrDefault(manifest, Set.of()));
    }

    List<Transfer> all() {
        return List.copyOf(pushes.keySet());
    }

    /** It has ended. */
    void remove(Transfer transfer) {
        pushes.getOrDefault(transfer, Set.of()).forEach(push -> byPush.remove(push, transfer));
        pushes.remove(transfer);
        Manifest manifest = transfer.incoming().manifest();
        Set<Transfer> same = byManifest.get(manifest);
        if (same != null && same.remove(transfer) && same.isEmpty()) {
            byManifest.remove(manifest);
        }
    }
}
