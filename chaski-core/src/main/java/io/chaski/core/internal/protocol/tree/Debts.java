package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What neighbours are owed whose link has just broken: whoever is back in time gets it, and publishers do not run away in
 * between. Confined to the node's event loop.
 */
final class Debts {

    /** More links than a node has: those that broke before are forgotten first. */
    private static final int MAX_DEBTS = 16;

    /**
     * Of one neighbour.
     *
     * @param out what it is owed, from the first message on that it has not passed on
     * @param untilNanos when it is forgotten
     */
    record Debt(Downstream out, long untilNanos) {}

    private final Map<NodeId, Debt> byNode = new LinkedHashMap<>();

    boolean isEmpty() {
        return byNode.isEmpty();
    }

    void add(NodeId node, Debt debt) {
        byNode.remove(node);
        if (byNode.size() == MAX_DEBTS) {
            byNode.remove(byNode.keySet().iterator().next());
        }
        byNode.put(node, debt);
    }

    @Nullable
    Debt take(NodeId node) {
        return byNode.remove(node);
    }

    /** One more message is owed to everybody. */
    void onPut(long cost) {
        byNode.values().forEach(debt -> debt.out.owed += cost);
    }

    long most() {
        long most = 0;
        for (Debt debt : byNode.values()) {
            most = Math.max(most, debt.out.owed);
        }
        return most;
    }

    /** Position of the first message that is owed, {@link Long#MAX_VALUE} for none. */
    long from() {
        if (byNode.isEmpty()) { // mostly, and asked for each message
            return Long.MAX_VALUE;
        }
        long from = Long.MAX_VALUE;
        for (Debt debt : byNode.values()) {
            from = Math.min(from, debt.out.next);
        }
        return from;
    }

    /** Forgets those who are owed the message at a position; returns how many. */
    int forget(long position) {
        int before = byNode.size();
        byNode.values().removeIf(debt -> debt.out.next <= position);
        return before - byNode.size();
    }

    /** Forgets those whose time is over; returns when the next one's is, {@link Long#MAX_VALUE} if there is none. */
    long expire(long nowNanos) {
        Iterator<Debt> debts = byNode.values().iterator();
        while (debts.hasNext()) {
            Debt debt = debts.next();
            if (debt.untilNanos - nowNanos > 0) {
                return debt.untilNanos;
            }
            debts.remove();
        }
        return Long.MAX_VALUE;
    }

    void clear() {
        byNode.clear();
    }
}
