package io.chaski.core.internal.protocol.find;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups that have passed this node lately, so that answers find their way back and floods end. When the table is
 * full, the oldest is forgotten. Confined to the node's event loop.
 */
final class Requests {

    /** A look-up: where it came from, null if this node asked. */
    static final class Request {
        final @Nullable Peer from;
        final long topicHash;
        private final long seenNanos;
        private int answers;

        Request(@Nullable Peer from, long topicHash, long seenNanos) {
            this.from = from;
            this.topicHash = topicHash;
            this.seenNanos = seenNanos;
        }

        /** Whether one more answer may pass. */
        boolean takeAnswer(int limit) {
            return answers++ < limit;
        }
    }

    private final int capacity;
    private final long keptNanos;
    private final Map<NodeId, Request> byId = new LinkedHashMap<>();

    Requests(int capacity, long keptNanos) {
        this.capacity = capacity;
        this.keptNanos = keptNanos;
    }

    int size() {
        return byId.size();
    }

    @Nullable
    Request get(NodeId id) {
        return byId.get(id);
    }

    /** Remembers the first way a look-up came; false if it came before. */
    boolean add(NodeId id, @Nullable Peer from, long topicHash, long nowNanos) {
        forgetOld(nowNanos);
        if (byId.containsKey(id)) {
            return false;
        }
        if (byId.size() == capacity) {
            byId.remove(byId.keySet().iterator().next());
        }
        byId.put(id, new Request(from, topicHash, nowNanos));
        return true;
    }

    private void forgetOld(long nowNanos) {
        Iterator<Request> oldest = byId.values().iterator();
        while (oldest.hasNext() && nowNanos - oldest.next().seenNanos > keptNanos) {
            oldest.remove();
        }
    }
}
