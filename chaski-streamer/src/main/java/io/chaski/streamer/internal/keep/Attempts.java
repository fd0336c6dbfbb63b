package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * With which keepers the last attempt has failed, so that those that say nothing do not keep anybody from those that would.
 * Thread-safe.
 */
final class Attempts {

    /** The one that has failed longest ago is the first. */
    private final Set<NodeId> failed = new LinkedHashSet<>();

    synchronized void onWorked(NodeId keeper) {
        failed.remove(keeper);
    }

    synchronized void onFailed(NodeId keeper) {
        failed.remove(keeper);
        failed.add(keeper);
        if (failed.size() > KeeperRecords.MAX_RECORDS) {
            failed.remove(failed.iterator().next());
        }
    }

    /**
     * In which order to try: those that have not failed as they come, and behind them those that have, longest ago first.
     *
     * @param known all there are
     */
    synchronized List<NodeId> order(List<NodeId> known) {
        Set<NodeId> hopeful = new LinkedHashSet<>(known);
        hopeful.removeAll(failed);
        List<NodeId> order = new ArrayList<>(hopeful);
        Set<NodeId> all = Set.copyOf(known);
        failed.stream().filter(all::contains).forEach(order::add);
        return order;
    }
}
