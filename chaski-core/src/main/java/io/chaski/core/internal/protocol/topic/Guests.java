package io.chaski.core.internal.protocol.topic;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.LinkHash;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Links of publishers that do not subscribe (see {@link FanOut}). They belong to the tree but take no place in the
 * membership, which knows members only. Confined to the node's event loop.
 */
final class Guests {

    /** A publisher links to three members, so a topic of n members has room for ten n publishers. */
    static final int MAX = 32;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeLinks links;
    private final Map<Peer, Integer> generations = new LinkedHashMap<>();

    Guests(ProtocolContext context, TopicRef topic, TreeLinks links) {
        this.context = context;
        this.topic = topic;
        this.links = links;
    }

    /** Whether a frame concerns a guest and not a member. */
    boolean takes(Peer from, MembershipFrame frame) {
        return generations.containsKey(from) && frame instanceof Disconnect
                || frame instanceof Neighbor && !from.maySubscribe(topic);
    }

    /** Takes such a frame; {@code members} are named to a guest for whom there is no room. */
    void onFrame(Peer from, MembershipFrame frame, List<Descriptor> members) {
        if (frame instanceof Neighbor neighbor) {
            onNeighbor(from, neighbor, members);
        } else if (frame instanceof Disconnect disconnect) {
            Integer generation = generations.get(from);
            if (generation != null && generation == disconnect.generation()) {
                remove(from);
            }
        }
    }

    private void onNeighbor(Peer from, Neighbor neighbor, List<Descriptor> members) {
        int alias = from.alias(topic);
        boolean isNew = !generations.containsKey(from);
        if (isNew && generations.size() >= MAX) {
            context.counters().increment("guest.refused");
            from.send(new NeighborNack(alias, neighbor.generation(), true, members));
            return;
        }
        generations.put(from, neighbor.generation());
        from.linksChanged();
        from.send(new NeighborAck(alias, neighbor.generation(), List.of()));
        if (isNew) {
            links.up(from, TreeLinks.Account.GUEST);
        }
    }

    int count() {
        return generations.size();
    }

    List<Peer> peers() {
        return List.copyOf(generations.keySet());
    }

    void remove(Peer peer) {
        if (generations.remove(peer) != null) {
            peer.linksChanged();
            links.down(peer, TreeLinks.Account.GUEST);
        }
    }

    /** It is told, and has no link any more. */
    void dismiss(Peer peer) {
        Integer generation = generations.get(peer);
        if (generation != null) {
            peer.send(new Disconnect(peer.alias(topic), generation, false, List.of()));
            remove(peer);
        }
    }

    /** This node leaves the topic. */
    void dismissAll() {
        peers().forEach(this::dismiss);
    }

    long linkHash(Peer peer) {
        Integer generation = generations.get(peer);
        return generation == null ? 0 : LinkHash.of(topic, generation);
    }
}
