package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.TableAudience;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The edges of this node and ways to find one. Confined to the node's event loop; the map by token is not iterated. */
final class EdgeTable {

    private final Map<NodeId, Edge> byId = new LinkedHashMap<>();
    private final Map<Token, Link> byToken = new HashMap<>();

    private record Token(long high, long low) {}

    void add(Edge edge) {
        byId.put(edge.id(), edge);
    }

    void remove(Edge edge) {
        byId.remove(edge.id());
    }

    /** From now on datagrams with the token of this connection belong to its edge. */
    void addToken(Link link) {
        byToken.put(new Token(link.tokenHigh, link.tokenLow), link);
    }

    void removeToken(Link link) {
        byToken.remove(new Token(link.tokenHigh, link.tokenLow));
    }

    int size() {
        return byId.size();
    }

    /** Edges there may be, visitors among them. */
    static int most(EdgeSettings settings) {
        return settings.maxEdges() + settings.maxVisitors();
    }

    void tellTables(TableAudience audience, EdgeSettings settings) {
        audience.hear("edges", byId.size(), most(settings));
        audience.hear("tokens of connections", byToken.size(), (long) EdgeSettings.MAX_LINKS_PER_PEER * most(settings));
    }

    @Nullable
    Edge get(NodeId id) {
        return byId.get(id);
    }

    /** The edges in the order they came up. */
    Collection<Edge> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** The same, unmoved by what happens to them. */
    List<Edge> copy() {
        return new ArrayList<>(byId.values());
    }

    @Nullable
    Edge byToken(long high, long low) {
        Link link = byToken.get(new Token(high, low));
        return link == null ? null : link.edge;
    }

    /** The edge that stands because this address was dialled. */
    @Nullable
    Edge dialledAt(Address address) {
        for (Edge edge : byId.values()) {
            for (Link link : edge.links()) {
                if (link.outbound && link.dialled.equals(address)) {
                    return edge;
                }
            }
        }
        return null;
    }

    /** Whether anything has come from anybody since an instant. */
    boolean isAnyHeardSince(long nanos) {
        for (Edge edge : byId.values()) {
            if (edge.current().heardNanos - nanos >= 0) {
                return true;
            }
        }
        return false;
    }

    /** A limit, or four round trips of the slowest edge if that is longer. */
    long patienceNanos(long leastNanos) {
        long slowestNanos = 0;
        for (Edge edge : byId.values()) {
            slowestNanos = Math.max(slowestNanos, edge.rttNanos());
        }
        return Math.max(leastNanos, 4 * slowestNanos);
    }
}
