package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.LinkTable.Link;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The active view of one overlay and the handshake that changes it. Every link has a generation, the same at both
 * ends, drawn by the node that asked, so that whatever is said of an older link is recognised as stale.
 *
 * <pre>
 *            request          edge up             ACK
 *   (none) ----------> dialling -----> asked ------------> active ---- evicted ----> draining
 *      ^                  |              | NACK, silence      ^  | DISCONNECT,          | DISCONNECT,
 *      +------------------+--------------+                    |  | edge down            | deadline
 *      +------------------------------------------------------|--+----------------------+
 *      +----- NEIGHBOR that is accepted ----------------------+
 * </pre>
 *
 * A demoted link drains: it no longer counts, but what the other end has sent before it learnt of the demotion is
 * still heard. When too many drain, the oldest is over. Confined to the node's event loop.
 */
final class Links {

    /**
     * Demoted links at most that are still listened to. A node whose view is full seldom has more within the two seconds of a drain:
     * with the defaults twelve for urgent requests, two to heal, and all six if they are slow. A peer that is alive answers within a
     * round trip, which ends the drain.
     */
    static final int MAX_DRAINING = 20;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final TopicRef topic;
    private final HyParView overlay;
    private final Membership.Listener listener;

    private final LinkTable active = new LinkTable();
    private final LinkTable draining = new LinkTable();
    private final LinkRequests requests;
    private int nextGeneration;
    private long healedNanos;
    private long urgentSinceNanos;
    private int urgentUsed;

    Links(ProtocolContext context, TopicRef topic, HyParView overlay, Membership.Listener listener) {
        this.context = context;
        this.settings = context.settings().membership();
        this.topic = topic;
        this.overlay = overlay;
        this.listener = listener;
        this.requests = new LinkRequests(context, this, overlay);
        // A link of an earlier life of this overlay on the same edge must not be mistaken for one of this life.
        this.nextGeneration = context.random().nextInt() & 0x3fff_ffff;
        this.healedNanos = context.nowNanos() - settings.healEvery().toNanos();
    }

    // ---- looking

    int count() {
        return active.size();
    }

    int requestCount() {
        return requests.size();
    }

    /** Requests that do not hang. */
    int hopefulRequests() {
        return requests.hopeful();
    }

    void tellDeadlines(Consumer<Timers.Timer> audience) {
        requests.tellDeadlines(audience);
    }

    List<Peer> peers() {
        return active.peers();
    }

    int drainingCount() {
        return draining.size();
    }

    List<Peer> draining() {
        return draining.peers();
    }

    boolean isLinked(NodeId id) {
        return active.get(id) != null;
    }

    boolean isLinked(Peer peer) {
        return active.get(peer) != null;
    }

    /** Whether a link to the node stands, is asked for, or drains, or its edge stands for a moment only. */
    boolean isBusy(NodeId id) {
        return isLinked(id) || requests.to(id) != null || draining.get(id) != null || isVisitor(id);
    }

    private boolean isVisitor(NodeId id) {
        Peer peer = context.peers().get(id);
        return peer != null && peer.isVisitor();
    }

    /** Whether a link may still be offered: neither links nor requests fill the view. */
    boolean hasSlot() {
        return active.size() + requests.hopeful() < settings.activeMax();
    }

    /** Whether a stranger at the door may still get a link: the slots for chosen links are not his. */
    boolean hasSlotAtTheDoor() {
        return hasSlot() && active.unchosen() < settings.activeMax() - settings.chosenReserve();
    }

    /** Generation of the active link; 0 if there is none. */
    int generation(Peer peer) {
        Link link = active.get(peer);
        return link == null ? 0 : link.generation;
    }

    /** A random active peer other than these; null if there is none. */
    @Nullable
    Peer randomPeer(@Nullable NodeId notThis, NodeId norThis) {
        return active.random(context.random(), notThis, norThis);
    }

    // ---- asking

    /**
     * Asks a node for a link, or offers one.
     *
     * @param chosen whether the wish is this node's own, and not that of whoever stands at the door
     */
    void request(Descriptor whom, Peers.Trust trust, Priority priority, boolean chosen) {
        if (!isBusy(whom.id())) {
            requests.begin(whom, trust, priority, chosen);
        }
    }

    // ---- frames

    void onNeighbor(Peer from, Neighbor neighbor) {
        Link link = active.get(from);
        if (link != null) {
            onNeighborOfLink(from, neighbor, link);
            return;
        }
        LinkRequests.Request own = requests.to(from.id());
        if (own != null && own.peer != null && context.self().compareTo(from.id()) > 0) {
            // Both ask at once. The request of the larger id counts, and the smaller accepts it.
            return;
        }
        if (own != null) {
            own.end();
        }
        if (own != null && active.size() < settings.activeMax() && !from.isVisitor()) {
            accept(from, neighbor, own.chosen, null);
        } else {
            decide(from, neighbor);
        }
    }

    private void onNeighborOfLink(Peer from, Neighbor neighbor, Link link) {
        if (neighbor.generation() == link.generation) {
            sendAck(from, link.generation, null);
        } else if (context.self().compareTo(from.id()) > 0) {
            // The ends disagree about the generation; that of the larger id counts.
            sendNeighbor(from, Priority.LOW, link.generation);
        } else {
            boolean chosen = link.chosen;
            remove(link);
            accept(from, neighbor, chosen, null);
        }
    }

    private void decide(Peer from, Neighbor neighbor) {
        boolean free = active.size() < settings.activeMax();
        boolean accepted = !from.isVisitor() && isAccepted(neighbor.priority(), free);
        if (accepted) {
            accept(from, neighbor, false, free ? null : evict(Members.wordOf(from)));
        } else {
            from.send(
                    new NeighborNack(from.alias(topic), neighbor.generation(), true, overlay.sample(from.id(), null)));
        }
    }

    private boolean isAccepted(Priority priority, boolean free) {
        return switch (priority) {
            case LOW, OFFER ->
                active.size() + requests.asked() < settings.activeMax()
                        && active.unchosen() < settings.activeMax() - settings.chosenReserve();
            case HIGH -> free || takeUrgent();
            case HEAL -> free || takeHeal();
        };
    }

    private void accept(Peer from, Neighbor neighbor, boolean chosen, @Nullable Descriptor evicted) {
        sendAck(from, neighbor.generation(), evicted);
        up(from, neighbor.generation(), chosen);
    }

    void onAck(Peer from, NeighborAck ack) {
        LinkRequests.Request request = requests.to(from.id());
        if (request != null && request.peer == from && request.generation == ack.generation()) {
            request.end();
            onAccepted(from, request, ack);
            if (request.priority == Priority.HIGH || request.priority == Priority.HEAL) {
                bridge(ack.others());
            }
            return;
        }
        Link link = active.get(from);
        if (link == null || link.generation != ack.generation()) {
            from.misbehaved("membership.ack-unsolicited");
            sendDisconnect(from, ack.generation(), List.of());
        }
    }

    private void onAccepted(Peer from, LinkRequests.Request request, NeighborAck ack) {
        if (active.size() >= settings.activeMax()) {
            if (request.priority == Priority.LOW || request.priority == Priority.OFFER) {
                sendDisconnect(from, request.generation, overlay.sample(from.id(), null));
                overlay.onSurplus(from);
                return;
            }
            evict(ack.others().isEmpty() ? null : ack.others().get(0));
        }
        up(from, request.generation, request.chosen);
    }

    /**
     * Somebody has lost a link for the sake of this node's, or the other way round, and the answer names first who else
     * has: asks him for a link, even if this node has links enough. The link that is gone may have been the only one
     * between two parts of the overlay, and with a way round in its place nothing comes apart. A node that had a free
     * slot names anybody; one polite question more does no harm.
     */
    void bridge(List<Descriptor> named) {
        if (!named.isEmpty() && hasSlot()) {
            overlay.ask(named.get(0));
        }
    }

    void onNack(Peer from, NeighborNack nack) {
        LinkRequests.Request request = requests.to(from.id());
        if (request != null && request.peer == from && request.generation == nack.generation()) {
            request.end();
            if (nack.subscribed()) {
                overlay.onRefused(from.id());
            } else {
                overlay.onNotSubscribed(from.id());
            }
            return;
        }
        Link link = active.get(from);
        if (link != null && link.generation == nack.generation()) {
            remove(link);
            overlay.onLinkLost();
        }
    }

    /** Takes the link down if the frame means it; false if the frame is stale. */
    boolean onDisconnect(Peer from, Disconnect disconnect) {
        Link drains = draining.get(from);
        if (drains != null && drains.generation == disconnect.generation()) {
            finishDrain(drains);
            return true;
        }
        Link link = active.get(from);
        if (link != null && link.generation == disconnect.generation()) {
            remove(link);
            if (disconnect.alive()) {
                sendDisconnect(from, disconnect.generation(), List.of());
            }
            return true;
        }
        LinkRequests.Request request = requests.to(from.id());
        if (request != null && request.peer == from && request.generation == disconnect.generation()) {
            request.end();
            return true;
        }
        return false;
    }

    // ---- ending

    /** The edge is gone; true if an active link went with it. */
    boolean onPeerDown(Peer peer) {
        LinkRequests.Request request = requests.to(peer.id());
        if (request != null && request.peer == peer) {
            request.end();
        }
        Link drains = draining.get(peer);
        if (drains != null) {
            finishDrain(drains);
        }
        Link link = active.get(peer);
        if (link != null) {
            remove(link);
        }
        return link != null;
    }

    /** The other end may not have this link, or another one: says what this end has, and hears the answer. */
    void onAsymmetry(Peer peer) {
        Link link = active.get(peer);
        if (link != null) {
            sendNeighbor(peer, Priority.LOW, link.generation);
        }
    }

    /** Demotes a link of which this node has no use. */
    void giveUp(Peer peer) {
        Link link = active.get(peer);
        if (link != null) {
            drain(link, null);
            overlay.onLinkLost();
        }
    }

    void leave() {
        for (LinkRequests.Request request : requests.copy()) {
            if (request.peer != null) {
                request.peer.send(new Disconnect(request.peer.alias(topic), request.generation, false, List.of()));
            }
            request.end();
        }
        for (Link link : draining.copy()) {
            finishDrain(link);
        }
        for (Link link : active.copy()) {
            List<Descriptor> others = overlay.sample(link.peer.id(), null);
            link.peer.send(new Disconnect(link.peer.alias(topic), link.generation, false, others));
            unlink(link);
            link.peer.release(link);
        }
    }

    /** Whether a full node may swap a link now to join two components, or to help out; takes the permission. */
    boolean takeHeal() {
        if (context.nowNanos() - healedNanos < settings.healEvery().toNanos()) {
            return false;
        }
        healedNanos = context.nowNanos();
        return true;
    }

    private boolean takeUrgent() {
        if (context.nowNanos() - urgentSinceNanos >= NANOS_PER_SECOND) {
            urgentSinceNanos = context.nowNanos();
            urgentUsed = 0;
        }
        return urgentUsed++ < settings.urgentPerSecond();
    }

    /**
     * Demotes a random link, one that no messages are pushed over if possible.
     *
     * @param substitute whom its other end may link to instead, so that nothing comes apart
     * @return who lost it
     */
    private Descriptor evict(@Nullable Descriptor substitute) {
        boolean mayEvictChosen = active.size() - active.unchosen() > settings.chosenReserve();
        Link victim = Objects.requireNonNull(
                active.victim(context.random(), !mayEvictChosen, listener::isEager),
                "a full view has a link to give up");
        drain(victim, substitute);
        return Members.wordOf(victim.peer);
    }

    private void drain(Link link, @Nullable Descriptor substitute) {
        if (draining.size() >= MAX_DRAINING) {
            // Its other end has had more time than the others, and most likely has nothing more to say.
            context.counters().increment(HyParView.DRAIN_CUT);
            finishDrain(draining.oldest());
        }
        unlink(link);
        draining.add(link);
        Timers.Timer drained = context.timers().timer(() -> finishDrain(link));
        link.drained = drained;
        drained.armAt(context.nowNanos() + settings.drainWithin().toNanos());
        sendDisconnect(link.peer, link.generation, overlay.sample(link.peer.id(), substitute));
        overlay.onSurplus(link.peer);
    }

    private void finishDrain(Link link) {
        if (draining.remove(link)) {
            if (link.drained != null) {
                link.drained.cancel();
            }
            link.peer.release(link);
            listener.onNeighbourDown(link.peer);
        }
    }

    private void up(Peer peer, int generation, boolean chosen) {
        Link before = draining.get(peer);
        if (before != null) {
            finishDrain(before);
        }
        Link link = new Link(peer, generation, chosen);
        active.add(link);
        peer.linksChanged();
        peer.hold(link);
        assert active.size() <= settings.activeMax() : "more links than slots: " + active.size();
        listener.onNeighbourUp(peer);
        overlay.onLinkUp(peer);
    }

    private void remove(Link link) {
        unlink(link);
        link.peer.release(link);
        listener.onNeighbourDown(link.peer);
    }

    private void unlink(Link link) {
        active.remove(link);
        link.peer.linksChanged();
    }

    // ---- words

    /** A new generation for a link to the peer. */
    int drawGeneration(Peer peer) {
        // The ends draw from different numbers, so that a generation names one request of one of them. Never 0.
        nextGeneration = nextGeneration % 0x3fff_ffff + 1;
        return nextGeneration << 1 | (context.self().compareTo(peer.id()) > 0 ? 1 : 0);
    }

    void sendNeighbor(Peer to, Priority priority, int generation) {
        to.send(new Neighbor(
                to.alias(topic), priority, generation, context.descriptor(), overlay.sample(to.id(), null)));
    }

    private void sendAck(Peer to, int generation, @Nullable Descriptor first) {
        to.send(new NeighborAck(to.alias(topic), generation, overlay.sample(to.id(), first)));
    }

    void sendDisconnect(Peer to, int generation, List<Descriptor> others) {
        to.send(new Disconnect(to.alias(topic), generation, true, others));
    }
}
