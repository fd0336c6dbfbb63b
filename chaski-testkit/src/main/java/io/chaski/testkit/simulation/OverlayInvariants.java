package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.OverlayInspection;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.tree.Broadcast;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold for the overlays of a node whenever it has handled an input, see {@link OverlayRules}, and between the
 * two ends of each link.
 * The maps are never iterated but to be counted.
 */
final class OverlayInvariants {

    /** The design's own limit: what PING and PONG reveal is repaired within two of them. */
    private static final long LONGEST_ASYMMETRY_NANOS = 10_000_000_000L;

    /**
     * While frames between the two are lost, so is what repairs it: at a loss of 20 % each of the tries, one in 4 to 5 s, fails
     * with 0.36. It counts as long as the last loss is no longer ago than a repair takes.
     */
    private static final long LONGEST_WITH_LOSS_NANOS = 6 * LONGEST_ASYMMETRY_NANOS;

    /** A node that has been late itself gives its peers four times as long; a longer round trip ends the edge. */
    private static final int LONGEST_LEASE = 4;

    private record LinkKey(SimulatedNode to, String topic) {}

    private final SimulatedNetwork network;

    /** For each node the links on which the other end disagreed when it was last looked at, and for how long. */
    private final Map<SimulatedNode, Map<LinkKey, Disagreement>> asymmetric = new HashMap<>();

    private final Map<SimulatedNode, SeenLinks> seen = new HashMap<>();

    private final LargestTables largest = new LargestTables();
    private long longestAsymmetryNanos;

    OverlayInvariants(SimulatedNetwork network) {
        this.network = network;
    }

    /** What may have changed with an input of this node; the other ends of its links if one of the two has changed. */
    void checkAfterInput(SimulatedNode node) {
        check(node, false);
    }

    /** All of it. */
    void check(SimulatedNode node) {
        check(node, true);
    }

    /** It has crashed or left. */
    void onDown(SimulatedNode node) {
        seen(node).clear();
        asymmetric.remove(node);
        // In its next life its links are others.
        asymmetric.values().forEach(links -> links.keySet().removeIf(link -> link.to() == node));
    }

    /** How large the tables have been. */
    LargestTables largestTables() {
        return largest;
    }

    /** How long the ends of a link have disagreed at most while they could talk. */
    long longestAsymmetryNanos() {
        return longestAsymmetryNanos;
    }

    /** Ends of links that disagreed with the other end, and could talk, when they were last looked at. */
    int asymmetricEnds() {
        return (int) asymmetric.values().stream()
                .flatMap(links -> links.values().stream())
                .filter(Disagreement::isTalking)
                .count();
    }

    private SeenLinks seen(SimulatedNode node) {
        return seen.computeIfAbsent(
                node, unused -> new SeenLinks(other -> seen(network.node(other)).setAgreed(false)));
    }

    private void check(SimulatedNode node, boolean bothEndsAnyway) {
        if (!node.isUp()) {
            return;
        }
        node.protocol().tellTables(bounded(new OverlayRules(node, HyParView.CONTROL)));
        List<OverlayInspection> overlays = node.protocol().overlays();
        SeenLinks links = seen(node);
        links.begin();
        for (OverlayInspection overlay : overlays) {
            List<Peer> neighbours = overlay.membership().neighbours();
            OverlayRules rules = new OverlayRules(node, overlay.topic());
            checkLinks(rules, node, neighbours);
            checkTree(rules, overlay, neighbours);
            overlay.tables().accept(bounded(rules));
            checkViews(rules, node, overlay);
            for (Peer peer : neighbours) {
                links.look(overlay.topic(), peer, overlay.linkHash().applyAsLong(peer));
            }
            for (Peer peer : overlay.others()) {
                links.look(overlay.topic(), peer, overlay.linkHash().applyAsLong(peer));
            }
        }
        links.end();
        if (bothEndsAnyway || !links.isAgreed()) {
            links.setAgreed(checkBothEnds(node, overlays));
        }
    }

    /** Returns whether all agree about all links of a node. */
    private boolean checkBothEnds(SimulatedNode node, List<OverlayInspection> overlays) {
        Map<LinkKey, Disagreement> before = asymmetric.getOrDefault(node, Map.of());
        Map<LinkKey, Disagreement> now = new HashMap<>(0);
        boolean areAgreed = true;
        for (OverlayInspection overlay : overlays) {
            OverlayRules rules = new OverlayRules(node, overlay.topic());
            for (Peer peer : overlay.membership().neighbours()) {
                areAgreed &= checkBothEnds(rules, node, overlay, peer, before, now);
            }
            for (Peer peer : overlay.others()) {
                areAgreed &= checkBothEnds(rules, node, overlay, peer, before, now);
            }
        }
        if (!before.isEmpty() || !now.isEmpty()) {
            asymmetric.put(node, now);
        }
        return areAgreed;
    }

    private static void checkLinks(OverlayRules rules, SimulatedNode node, List<Peer> neighbours) {
        List<NodeId> linked = new ArrayList<>();
        for (Peer peer : neighbours) {
            linked.add(peer.id());
            rules.hasAnEdge(peer.id(), peer.isUp());
        }
        rules.neighbours(node.id(), linked);
    }

    /** Who hears of tables, all of which must be within their bounds. */
    private TableAudience bounded(OverlayRules rules) {
        return (name, size, most) -> {
            rules.table(name, size, most);
            largest.hear(name, size, most);
        };
    }

    private static void checkTree(OverlayRules rules, OverlayInspection overlay, List<Peer> neighbours) {
        Broadcast tree = overlay.broadcast();
        if (tree != null) {
            rules.tree(neighbours, overlay.others(), tree.linked(), tree.eager());
        }
    }

    private static void checkViews(OverlayRules rules, SimulatedNode node, OverlayInspection overlay) {
        if (overlay.membership() instanceof HyParView view) {
            rules.deadlines(view.deadlines(), node.machine().nanoTime(), longestWaitNanos(node.settings()));
            rules.mustHold(!view.knows(node.id()), "knows itself");
        }
    }

    /** A node waits for an edge for as long as it says, and for an answer four round trips if that is longer. */
    private static long longestWaitNanos(ProtocolSettings settings) {
        long longestLeaseNanos = LONGEST_LEASE * settings.edge().leaseNanos();
        return Math.max(settings.membership().reachWithin().toNanos(), 4 * longestLeaseNanos);
    }

    /** Returns whether both agree; if not, they have a reason, and do not have it for long. */
    private boolean checkBothEnds(
            OverlayRules rules,
            SimulatedNode node,
            OverlayInspection overlay,
            Peer peer,
            Map<LinkKey, Disagreement> before,
            Map<LinkKey, Disagreement> nowAsymmetric) {
        SimulatedNode other = network.node(peer.id());
        long hash = overlay.linkHash().applyAsLong(peer);
        if (hash == linkHash(/* node= */ other, overlay.topic(), /* other= */ node)) {
            return true;
        }
        if (!other.isUp()) {
            return false;
        }
        LinkKey key = new LinkKey(other, overlay.topic());
        Disagreement disagreement = before.getOrDefault(key, Disagreement.NEW);
        Traffic traffic = trafficBetween(node, other);
        if (traffic == Traffic.NONE_POSSIBLE) {
            nowAsymmetric.put(key, disagreement.whileSilent());
            return false;
        }
        boolean isLossy = network.wires().sinceLossNanos(node.machine(), other.machine()) < LONGEST_ASYMMETRY_NANOS;
        rules.mustHold(traffic == Traffic.UNDER_WAY || isLossy, "has a link with " + other + " on which they disagree");
        disagreement = disagreement.whileTalking(network.now().toNanos());
        nowAsymmetric.put(key, disagreement);
        longestAsymmetryNanos = Math.max(longestAsymmetryNanos, disagreement.talkedNanos());
        long longestNanos = isLossy ? LONGEST_WITH_LOSS_NANOS : LONGEST_ASYMMETRY_NANOS;
        rules.mustHold(
                disagreement.talkedNanos() < longestNanos,
                "has a link with " + other + " on which they have disagreed for " + longestNanos / 1_000_000_000
                        + " s");
        return false;
    }

    private enum Traffic {
        /** One of them is paused, or nothing passes, or only behind much else: each end believes what it must. */
        NONE_POSSIBLE,
        /** Something has been sent and not arrived. */
        UNDER_WAY,
        /** Both have heard everything the other has said. */
        NOTHING_UNDER_WAY
    }

    private static Traffic trafficBetween(SimulatedNode node, SimulatedNode other) {
        if (other.machine().isAsleep() || node.machine().isAsleep() || isCut(node, other)) {
            return Traffic.NONE_POSSIBLE;
        }
        boolean connected = false;
        for (VirtualSocket socket : node.machine().sockets()) {
            if (socket.remoteMachine() == other.machine()) {
                if (socket.isCongested()) {
                    return Traffic.NONE_POSSIBLE;
                }
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
}
