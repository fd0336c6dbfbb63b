package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.Timers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The limit of edges, and the few edges above it that stand for a moment. A node that is refused without a word about
 * others may know nobody else, and a topic of such nodes would fall apart; so whoever comes to a full node is let in as
 * a visitor: it hears of others, others hear of it, and then it is told that the node is full. A visitor stays if
 * there is room by then. Confined to the node's event loop.
 */
final class Visitors {

    private final EdgeContext context;
    private final EdgeSettings settings;
    private final EdgeTable edges;
    private final Consumer<Edge> sendAway;
    private final HostQuota hosts;
    private final Map<Edge, Visit> visits = new LinkedHashMap<>();

    private record Visit(Address from, Timers.Timer end) {}

    /**
     * No visitors yet.
     *
     * @param context the node
     * @param edges all of them, visitors included
     * @param sendAway closes the edge of a visitor
     */
    Visitors(EdgeContext context, EdgeTable edges, Consumer<Edge> sendAway) {
        this.context = context;
        this.settings = context.settings().edge();
        this.edges = edges;
        this.sendAway = sendAway;
        this.hosts = new HostQuota(settings.maxVisitorsPerHost());
    }

    /** Whether there is no room for one more edge, not even for a moment. Whom this node dials is no visitor. */
    boolean isFull(Link link) {
        return isAtLimit()
                && (link.outbound || visits.size() >= settings.maxVisitors() || !hosts.hasRoomFor(link.remote));
    }

    /** An edge is about to come up; it is a visitor's if the others are as many as there may be. */
    void onUp(Edge edge, Link link) {
        if (isAtLimit()) {
            Timers.Timer end = context.timers().timer(() -> onEnd(edge));
            end.armAt(context.nowNanos() + settings.visitNanos());
            visits.put(edge, new Visit(link.remote, end));
            hosts.take(link.remote);
            context.counters().increment("edge.visitors");
        }
    }

    void onDown(Edge edge) {
        Visit visit = visits.remove(edge);
        if (visit != null) {
            visit.end.cancel();
            hosts.giveBack(visit.from);
        }
    }

    void tellTables(TableAudience audience) {
        audience.hear("visitors", visits.size(), settings.maxVisitors());
        audience.hear("hosts with visitors", hosts.hosts(), settings.maxVisitors());
    }

    boolean contains(Edge edge) {
        return visits.containsKey(edge);
    }

    private boolean isAtLimit() {
        return edges.size() - visits.size() >= settings.maxEdges();
    }

    private void onEnd(Edge edge) {
        if (isAtLimit()) {
            sendAway.accept(edge);
        } else {
            onDown(edge); // somebody has gone: from now on this is an edge like any other
        }
    }
}
