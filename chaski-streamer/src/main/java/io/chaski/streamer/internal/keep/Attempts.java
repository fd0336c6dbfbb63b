package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * With which keepers the last attempt has failed, so that those that say nothing do not keep anybody from those that would.
 * Confined to whoever locks it.
 */
final class Attempts {

    /** The one that has failed longest ago is the first. */
    private final Set<NodeId> failed = new LinkedHashSet<>();

    void onWorked(NodeId keeper) {
        failed.remove(keeper);
    }

    void onFailed(NodeId keeper) {
        failed.remove(keeper);
        failed.add(keeper);
    }

    /**
     * In which order to try: those that have not failed as they come, and behind them those that have, longest ago first.
     *
     * @param known all there are; others are forgotten
     */
    List<NodeId> order(List<NodeId> known) {
        failed.retainAll(Set.copyOf(known));
        List<NodeId> order = new ArrayList<>(known);
        order.removeAll(failed);
        order.addAll(failed);
        return order;
    }
}
