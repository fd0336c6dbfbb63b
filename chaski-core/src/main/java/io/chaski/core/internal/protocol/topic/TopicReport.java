package io.chaski.core.internal.protocol.topic;

import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import io.chaski.core.internal.protocol.OverlayInspection;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.Membership;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A look at the topics. Confined to the node's event loop; snapshots it returns are not. */
public final class TopicReport {

    private final TopicTable table;
    private final Collection<TopicOverlay> overlays;
    private final @Nullable HyParView control;

    TopicReport(TopicTable table, @Nullable HyParView control) {
        this.table = table;
        this.overlays = table.all();
        this.control = control;
    }

    /**
     * What PING says of the links of one topic with a peer; 0 for none.
     *
     * @param name of a topic, or "@"
     * @param peer the edge
     */
    public long linkHash(String name, Peer peer) {
        if (name.equals(HyParView.CONTROL)) {
            return control == null ? 0 : control.linkHash(peer);
        }
        TopicOverlay overlay = overlay(name);
        return overlay == null ? 0 : overlay.linkHash(peer);
    }

    /** All overlays, "@" first, for the invariants of simulations. */
    public List<OverlayInspection> inspect() {
        List<OverlayInspection> all = new ArrayList<>(overlays.size() + 1);
        if (control != null) {
            all.add(new OverlayInspection(
                    HyParView.CONTROL, control, control::linkHash, null, List.of(), control::tellTables));
        }
        for (TopicOverlay overlay : overlays) {
            all.add(overlay.inspect());
        }
        return all;
    }

    /** How many overlays there are, "@" included. */
    public int overlayCount() {
        return overlays.size() + (control == null ? 0 : 1);
    }

    /** All topics, by name. */
    public List<TopicSnapshot> snapshots() {
        return overlays.stream()
                .map(TopicOverlay::snapshot)
                .sorted(Comparator.comparing(TopicSnapshot::name))
                .toList();
    }

    /**
     * Names of the topics that have a link on an edge, sorted.
     *
     * @param peer the edge
     */
    public List<String> linkedWith(Peer peer) {
        return overlays.stream()
                .filter(overlay -> overlay.membership().neighbours().contains(peer))
                .map(overlay -> overlay.topic().name())
                .sorted()
                .toList();
    }

    /**
     * What the overlays know of a node that is no neighbour, null for nothing.
     *
     * @param id the node
     */
    public Peers.@Nullable Known find(NodeId id) {
        Peers.Known known = control == null ? null : control.find(id);
        for (TopicOverlay overlay : overlays) {
            known = known == null ? overlay.find(id) : known;
        }
        return known;
    }

    /**
     * Nodes with an active link of a topic.
     *
     * @param name a topic
     */
    public List<NodeId> neighbourIds(String name) {
        Membership membership = membership(name);
        return membership == null
                ? List.of()
                : membership.neighbours().stream().map(Peer::id).toList();
    }

    private @Nullable Membership membership(String name) {
        if (name.equals(HyParView.CONTROL)) {
            return control;
        }
        TopicOverlay overlay = overlay(name);
        return overlay == null ? null : overlay.membership();
    }

    /** Pairing of each subscribed topic, for status reports. */
    public List<Datagram.TopicStatus> statuses() {
        return overlays.stream()
                .filter(TopicOverlay::isSubscribed)
                .map(overlay -> new Datagram.TopicStatus(
                        overlay.topic().hash(),
                        overlay.membership().neighbours().size()))
                .toList();
    }

    /**
     * Number of active links of a topic; -1 if this node does not subscribe to it, publish on it or carry it.
     *
     * @param name a topic
     */
    public int neighbours(String name) {
        TopicOverlay overlay = overlay(name);
        return overlay == null ? -1 : overlay.membership().neighbours().size();
    }

    /**
     * Whether this node subscribes to a topic.
     *
     * @param name a topic
     */
    public boolean isSubscribed(String name) {
        TopicOverlay overlay = overlay(name);
        return overlay != null && overlay.isSubscribed();
    }

    /**
     * Who carries a topic for this node.
     *
     * @param name a topic
     */
    public Optional<NodeId> carriedBy(String name) {
        TopicOverlay overlay = overlay(name);
        return overlay == null ? Optional.empty() : overlay.carrier().carriedBy();
    }

    /**
     * Whether the last relay that was asked to carry a topic for this node had no room, or carries too many for it already.
     *
     * @param name a topic
     */
    public boolean isRelayRefused(String name) {
        TopicOverlay overlay = overlay(name);
        return overlay != null && overlay.carrier().isRefused();
    }

    /**
     * Members of a topic that have vanished or could not be reached, and are asked now and then.
     *
     * @param name a topic
     */
    public List<Descriptor> lost(String name) {
        TopicOverlay overlay = overlay(name);
        return overlay == null ? List.of() : overlay.lost();
    }

    /**
     * Whether a peer subscribes to a topic that the policy of this node denies it.
     *
     * @param name a topic
     * @param peer any peer
     */
    public boolean isDenied(String name, Peer peer) {
        TopicOverlay overlay = overlay(name);
        return overlay != null && peer.isDenied(overlay.topic());
    }

    private @Nullable TopicOverlay overlay(String name) {
        return table.named(name);
    }
}
