package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.TableSize;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.find.DiscoverySettings;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import io.chaski.core.internal.protocol.tree.Broadcast;
import io.chaski.core.internal.protocol.tree.TreeSettings;
import io.chaski.core.internal.protocol.tree.TreeTables;
import java.time.Duration;
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

    void treeTables(TreeSettings settings, Broadcast.Stats stats, TreeTables tables) {
        atMost(settings.sources().maxSources(), stats.sources(), "sources");
        atMost(settings.sources().maxTombstones(), tables.tombstones(), "tombstones");
        atMost(settings.repair().maxWanted(), stats.wanted(), "messages wanted");
        atMost(settings.repair().maxWantedPerNeighbour(), tables.wantedOnOneWord(), "messages wanted on one word");
        atMost(settings.repair().maxOutstanding(), tables.outstanding(), "requests unanswered by one neighbour");
        atMost(settings.order().maxIntervals(), tables.intervals(), "intervals of one source");
        atMost(settings.order().maxHeld(), tables.held(), "messages of one source held back");
        atMost(settings.heldBytesOfTopic(), stats.heldBytes(), "bytes held back");
        atMost(settings.cache().messages(), stats.cachedMessages(), "messages cached");
        atMost(settings.cache().bytes(), stats.cachedBytes(), "bytes cached");
    }

    /** Tables that know their bounds. */
    void tables(List<TableSize> tables) {
        for (TableSize table : tables) {
            atMost(table.most(), table.size(), table.name());
        }
    }

    /**
     * The tables of {@link HyParView}.
     *
     * @param settings its bounds
     * @param sizes as it reports them
     * @param pending link requests, JOINs and probes under way
     */
    void viewTables(MembershipSettings settings, int[] sizes, int pending) {
        atMost(settings.activeMax(), sizes[0], "links");
        atMost(settings.passiveMax(), sizes[1], "passive members");
        atMost(settings.bookMax(), sizes[2], "booked members");
        atMost(settings.lostMax(), sizes[3], "lost members");
        atMost(settings.requestsMax(), sizes[4], "requests");
        atMost(HyParView.MAX_PROBES, sizes[5], "probes");
        atMost(settings.contacts(), pending - sizes[4] - sizes[5], "JOINs");
        atMost(mostDraining(settings), sizes[6], "draining links");
        atMost(HyParView.MAX_RETURNED, sizes[7], "members that have returned");
        atMost(HyParView.MAX_RETURNED, sizes[8], "members of another component");
    }

    /**
     * No table bounds the links that were given up and are still listened to, but what they are given up for is bounded: while
     * one drains, others may ask urgently and to heal, this node's own requests may be granted, and its whole view may be slow.
     */
    static long mostDraining(MembershipSettings settings) {
        Duration drains = settings.drainWithin();
        long urgent = (drains.toSeconds() + 1) * settings.urgentPerSecond();
        long healing = drains.toNanos() / settings.healEvery().toNanos()
                + 1; // Duration.dividedBy takes as long as all other rules
        return urgent + healing + settings.requestsMax() + settings.activeMax();
    }

    /**
     * The tables of discovery.
     *
     * @param settings its bounds
     * @param sizes as it reports them
     * @param overlays of the node: it looks for each of its topics once, and by hand for whatever it likes
     */
    void discoveryTables(ProtocolSettings settings, int[] sizes, int overlays) {
        DiscoverySettings discovery = settings.discovery();
        atMost(discovery.indexMax(), sizes[0], "indexed members");
        atMost(discovery.registrationsMax(), sizes[1], "registrations");
        atMost(discovery.seenMax(), sizes[2], "look-ups");
        if (!settings.manualTopology()) {
            atMost(overlays, sizes[3], "searches");
        }
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
