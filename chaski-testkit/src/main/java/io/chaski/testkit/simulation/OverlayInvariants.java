package io.chaski.testkit.simulation;

import io.chaski.core.internal.protocol.OverlayInspection;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import io.chaski.core.internal.protocol.tree.Broadcast;
import io.chaski.core.internal.protocol.tree.TreeSettings;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold for the overlays of a node whenever it has handled an input, and between the two ends of each link.
 * The map is never iterated.
 */
final class OverlayInvariants {

    /** The design's own limit: what PING and PONG reveal is repaired within two of them. */
    private static final long LONGEST_ASYMMETRY_NANOS = 10_000_000_000L;

    private record LinkKey(SimulatedNode to, String topic) {}

    private final SimulatedNetwork network;

    /** For each node the links on which the other end disagreed when it was last looked at, and since when. */
    private final Map<SimulatedNode, Map<LinkKey, Long>> asymmetric = new HashMap<>();

    OverlayInvariants(SimulatedNetwork network) {
        this.network = network;
    }

    void check(SimulatedNode node) {
        if (!node.isUp()) {
            return;
        }
        Map<LinkKey, Long> before = asymmetric.getOrDefault(node, Map.of());
        Map<LinkKey, Long> now = new HashMap<>(0);
        for (OverlayInspection overlay : node.protocol().overlays()) {
            List<Peer> neighbours = overlay.membership().neighbours();
            checkLinks(node, overlay, neighbours);
            checkTree(node, overlay, neighbours);
            checkViews(node, overlay);
            for (Peer peer : neighbours) {
                checkBothEnds(node, overlay, peer, before, now);
            }
            for (Peer peer : overlay.others()) {
                checkBothEnds(node, overlay, peer, before, now);
            }
        }
        if (!before.isEmpty() || !now.isEmpty()) {
            asymmetric.put(node, now);
        }
    }

    private static void checkLinks(SimulatedNode node, OverlayInspection overlay, List<Peer> neighbours) {
        for (int i = 0; i < neighbours.size(); i++) {
            Peer peer = neighbours.get(i);
            require(neighbours.lastIndexOf(peer) == i, node, overlay, "has a neighbour twice");
            require(!peer.id().equals(node.id()), node, overlay, "is its own neighbour");
            require(peer.isUp(), node, overlay, "has a neighbour without an edge");
        }
    }

    private static void checkTree(SimulatedNode node, OverlayInspection overlay, List<Peer> neighbours) {
        Broadcast tree = overlay.broadcast();
        if (tree == null) {
            return;
        }
        List<Peer> linked = tree.linked();
        int expected = neighbours.size() + overlay.others().size();
        require(
                linked.size() == expected && linked.containsAll(neighbours) && linked.containsAll(overlay.others()),
                node,
                overlay,
                "has other links in the tree than in the membership");
        require(linked.containsAll(tree.eager()), node, overlay, "is eager to somebody without a link");
        TreeSettings settings = node.settings().tree();
        Broadcast.Stats stats = tree.stats();
        requireAtMost(settings.sources().maxSources(), stats.sources(), "sources", node, overlay);
        requireAtMost(settings.repair().maxWanted(), stats.wanted(), "messages wanted", node, overlay);
        requireAtMost(settings.cache().messages(), stats.cachedMessages(), "messages cached", node, overlay);
        requireAtMost(settings.cache().bytes(), stats.cachedBytes(), "bytes cached", node, overlay);
    }

    private static void checkViews(SimulatedNode node, OverlayInspection overlay) {
        if (overlay.membership() instanceof HyParView view) {
            MembershipSettings settings = node.settings().membership();
            int[] sizes = view.tableSizes();
            requireAtMost(settings.activeMax(), sizes[0], "links", node, overlay);
            requireAtMost(settings.passiveMax(), sizes[1], "passive members", node, overlay);
            requireAtMost(settings.bookMax(), sizes[2], "booked members", node, overlay);
            requireAtMost(settings.lostMax(), sizes[3], "lost members", node, overlay);
            requireAtMost(settings.requestsMax(), sizes[4], "requests", node, overlay);
            require(!view.knows(node.id()), node, overlay, "knows itself");
        }
    }

    private void checkBothEnds(
            SimulatedNode node,
            OverlayInspection overlay,
            Peer peer,
            Map<LinkKey, Long> before,
            Map<LinkKey, Long> nowAsymmetric) {
        SimulatedNode other = network.node(peer.id());
        long hash = overlay.linkHash().applyAsLong(peer);
        if (hash == linkHash(/* node= */ other, overlay.topic(), /* other= */ node)) {
            return;
        }
        Traffic traffic = trafficBetween(node, other);
        if (traffic == Traffic.NONE_POSSIBLE) {
            return;
        }
        boolean explained = traffic == Traffic.UNDER_WAY || !network.isFaithful();
        require(explained, node, overlay, "has a link with " + other + " on which they disagree");
        LinkKey key = new LinkKey(other, overlay.topic());
        long now = network.now().toNanos();
        long since = before.getOrDefault(key, now);
        nowAsymmetric.put(key, since);
        require(
                now - since < LONGEST_ASYMMETRY_NANOS,
                node,
                overlay,
                "has a link with " + other + " on which they have disagreed for 10 s");
    }

    private enum Traffic {
        /** One of them is down or paused, or nothing can pass: each end believes what it must. */
        NONE_POSSIBLE,
        /** Something has been sent and not arrived. */
        UNDER_WAY,
        /** Both have heard everything the other has said. */
        NOTHING_UNDER_WAY
    }

    private static Traffic trafficBetween(SimulatedNode node, SimulatedNode other) {
        if (!other.isUp() || other.machine().isAsleep() || node.machine().isAsleep() || isCut(node, other)) {
            return Traffic.NONE_POSSIBLE;
        }
        boolean connected = false;
        for (VirtualSocket socket : node.machine().sockets()) {
            if (socket.remoteMachine() == other.machine()) {
                if (!socket.isOpenAtBothEnds() || socket.isBusy()) {
                    return Traffic.UNDER_WAY;
                }
                connected = true;
            }
        }
        return connected ? Traffic.NOTHING_UNDER_WAY : Traffic.UNDER_WAY;
    }

    private static boolean isCut(SimulatedNode node, SimulatedNode other) {
        return node.network().wires().isBlocked(node.machine(), other.machine())
                || node.network().wires().isBlocked(other.machine(), node.machine());
    }

    /** As PING carries it for one topic: 0 where there is no link. */
    private static long linkHash(SimulatedNode node, String topic, SimulatedNode other) {
        if (!node.isUp()) {
            return 0;
        }
        Peer peer = node.protocol().peers().get(other.id());
        return peer == null ? 0 : node.protocol().linkHash(topic, peer);
    }

    private static void requireAtMost(
            long limit, long size, String what, SimulatedNode node, OverlayInspection overlay) {
        if (size > limit) {
            throw new InvariantViolation(
                    node + ", topic " + overlay.topic() + ": has " + size + " " + what + ", at most " + limit);
        }
    }

    private static void require(boolean holds, SimulatedNode node, OverlayInspection overlay, String what) {
        if (!holds) {
            throw new InvariantViolation(node + ", topic " + overlay.topic() + ": " + what);
        }
    }
}
