package io.chaski.testkit.simulation;

import io.chaski.core.internal.protocol.tree.Broadcast;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How large each kind of table was at any node, whenever the invariants have been checked. Confined to the simulation's thread. */
final class LargestTables {

    private static final List<String> VIEW = List.of(
            "links",
            "passive members",
            "booked members",
            "lost members",
            "requests",
            "probes",
            "draining links",
            "members that returned",
            "members elsewhere",
            "JOINs");
    private static final List<String> TREE =
            List.of("sources", "messages wanted", "bytes held back", "messages cached", "bytes cached");
    private static final List<String> DISCOVERY = List.of("indexed members", "registrations", "look-ups", "searches");

    private final long[] view = new long[VIEW.size()];
    private final long[] tree = new long[TREE.size()];
    private final long[] discovery = new long[DISCOVERY.size()];

    /**
     * A view.
     *
     * @param sizes as it reports them
     * @param pending link requests, probes and JOINs under way
     */
    void onView(int[] sizes, int pending) {
        for (int i = 0; i < sizes.length; i++) {
            larger(view, i, sizes[i]);
        }
        larger(view, sizes.length, pending - sizes[VIEW.indexOf("requests")] - sizes[VIEW.indexOf("probes")]);
    }

    void onTree(Broadcast.Stats stats) {
        larger(tree, 0, stats.sources());
        larger(tree, 1, stats.wanted());
        larger(tree, 2, stats.heldBytes());
        larger(tree, 3, stats.cachedMessages());
        larger(tree, 4, stats.cachedBytes());
    }

    void onDiscovery(int[] sizes) {
        for (int i = 0; i < sizes.length; i++) {
            larger(discovery, i, sizes[i]);
        }
    }

    /** The largest of each, in an order that does not change. */
    Map<String, Long> all() {
        Map<String, Long> all = new LinkedHashMap<>();
        tell(VIEW, view, all);
        tell(TREE, tree, all);
        tell(DISCOVERY, discovery, all);
        return all;
    }

    private static void tell(List<String> names, long[] sizes, Map<String, Long> all) {
        for (int i = 0; i < sizes.length; i++) {
            all.put(names.get(i), sizes[i]);
        }
    }

    private static void larger(long[] sizes, int index, long size) {
        if (size > sizes[index]) {
            sizes[index] = size;
        }
    }
}
