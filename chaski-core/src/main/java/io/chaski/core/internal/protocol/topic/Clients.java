package io.chaski.core.internal.protocol.topic;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.LinkHash;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Subscribers this node carries the topic for, because they cannot reach each other. Each has a link in the tree and a
 * lease that it renews by asking again. They are no neighbours: whether this node subscribes itself makes no difference
 * to them. Confined to the node's event loop.
 */
final class Clients {

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeLinks links;
    private final Leases leases;
    private final Map<Peer, Lease> clients = new LinkedHashMap<>();
    private boolean isCarrying;

    private record Lease(int generation, long untilNanos) {}

    Clients(ProtocolContext context, TopicRef topic, TreeLinks links, Leases leases) {
        this.context = context;
        this.topic = topic;
        this.links = links;
        this.leases = leases;
    }

    int count() {
        return clients.size();
    }

    boolean contains(Peer peer) {
        return clients.containsKey(peer);
    }

    List<Peer> peers() {
        return List.copyOf(clients.keySet());
    }

    /** Whether there are clients, or were until {@link #endIfLeft}. */
    boolean isCarrying() {
        return isCarrying;
    }

    /** Asks for a lease, or renews it. */
    void onNeighbor(Peer from, Neighbor ask) {
        boolean isNew = !clients.containsKey(from);
        if (isNew && !leases.admits(from, topic, ask, clients.size())) {
            return;
        }
        clients.put(from, new Lease(ask.generation(), context.nowNanos() + Leases.NANOS));
        from.linksChanged();
        acknowledge(from, ask.generation());
        if (isNew) {
            begin(from);
        }
    }

    private void begin(Peer client) {
        if (!isCarrying) {
            isCarrying = true;
            leases.onTopicBegun();
        }
        leases.onBegun(client);
        client.hold(this);
        links.up(client, TreeLinks.Account.CLIENT);
    }

    private void acknowledge(Peer client, int generation) {
        client.send(new NeighborAck(client.alias(topic), generation, List.of()));
    }

    void onDisconnect(Peer from, Disconnect disconnect) {
        Lease lease = clients.get(from);
        if (lease != null && lease.generation == disconnect.generation()) {
            remove(from);
        }
    }

    /** Another second has passed. */
    void onBeat() {
        for (Map.Entry<Peer, Lease> client : List.copyOf(clients.entrySet())) {
            if (client.getValue().untilNanos <= context.nowNanos()) {
                context.counters().increment("relay.expired");
                dismiss(client.getKey(), true);
            }
        }
    }

    /** Ceases to carry the topic if the last client has gone; true if it does so now. */
    boolean endIfLeft() {
        if (!isCarrying || !clients.isEmpty()) {
            return false;
        }
        isCarrying = false;
        leases.onTopicEnded();
        return true;
    }

    /** The process stood still: nobody could renew. */
    void onNetworkChanged() {
        long untilNanos = context.nowNanos() + Leases.NANOS;
        clients.replaceAll((client, lease) -> new Lease(lease.generation, untilNanos));
    }

    /** The other end may not have this link: one that has not takes it back. */
    void onAsymmetry(Peer peer) {
        Lease lease = clients.get(peer);
        if (lease != null) {
            acknowledge(peer, lease.generation);
        }
    }

    /** It is told, and may ask somebody else. */
    void dismiss(Peer peer, boolean alive) {
        Lease lease = clients.get(peer);
        if (lease != null) {
            peer.send(new Disconnect(peer.alias(topic), lease.generation, alive, List.of()));
            remove(peer);
        }
    }

    /** It has gone, or subscribes no more. */
    void remove(Peer peer) {
        if (clients.remove(peer) != null) {
            peer.linksChanged();
            leases.onEnded(peer);
            peer.release(this);
            links.down(peer, TreeLinks.Account.CLIENT);
        }
    }

    /** This node leaves the topic. */
    void dismissAll() {
        peers().forEach(peer -> dismiss(peer, false));
        endIfLeft();
    }

    long linkHash(Peer peer) {
        Lease lease = clients.get(peer);
        return lease == null ? 0 : LinkHash.of(topic, lease.generation);
    }
}
