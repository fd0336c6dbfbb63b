package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Timers;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** What must hold for one overlay of one node at any time, whoever the others are. Immutable. */
final class OverlayRules {

    /** Up to here looking through a list is faster than making a set of it; simulations do so after each event. */
    private static final int FEW = 16;

    private final Object node;
    private final String topic;

    /**
     * The rules of one overlay.
     *
     * @param node whose overlay, named in an alarm
     * @param topic name of the topic, named in an alarm
     */
    OverlayRules(Object node, String topic) {
        this.node = node;
        this.topic = topic;
    }

    void hasAnEdge(NodeId neighbour, boolean isUp) {
        if (!isUp) {
            throw violation("has neighbour " + neighbour.shortForm() + " without an edge");
        }
    }

    void neighbours(NodeId self, List<NodeId> neighbours) {
        for (int i = 0; i < neighbours.size(); i++) {
            NodeId neighbour = neighbours.get(i);
            mustHold(neighbours.indexOf(neighbour) == i, "has a neighbour twice");
            mustHold(!neighbour.equals(self), "is its own neighbour");
        }
    }

    /** Each kind of peer as it is compared by {@code equals}; nobody is twice among neighbours and others. */
    <P> void tree(List<P> neighbours, List<P> others, List<P> linked, List<P> eager) {
        Collection<P> links = linked.size() <= FEW ? linked : Set.copyOf(linked);
        boolean same = linked.size() == neighbours.size() + others.size()
                && links.containsAll(neighbours)
                && links.containsAll(others);
        mustHold(same, "has other links in the tree than in the membership");
        mustHold(links.containsAll(eager), "is eager to somebody without a link");
    }

    /** A table, which says itself how full it may be. */
    void table(String name, long size, long most) {
        atMost(most, size, name);
    }

    /**
     * Whatever is under way ends by itself.
     *
     * @param deadlines of all that is under way
     * @param nowNanos the node's clock
     * @param longestNanos the longest a node waits for anybody
     */
    void deadlines(List<Timers.Timer> deadlines, long nowNanos, long longestNanos) {
        for (Timers.Timer deadline : deadlines) {
            mustHold(deadline.isArmed(), "waits for somebody without a deadline");
            atMost(longestNanos, deadline.deadlineNanos() - nowNanos, "ns before a deadline");
        }
    }

    void mustHold(boolean holds, String otherwise) {
        if (!holds) {
            throw violation(otherwise);
        }
    }

    private void atMost(long limit, long size, String what) {
        if (size > limit) {
            throw violation("has " + size + " " + what + ", at most " + limit);
        }
    }

    private InvariantViolation violation(String what) {
        return new InvariantViolation(node + ", topic " + topic + ": " + what);
    }
}
