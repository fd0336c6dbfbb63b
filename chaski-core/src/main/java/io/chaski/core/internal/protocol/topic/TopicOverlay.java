package io.chaski.core.internal.protocol.topic;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import io.chaski.core.internal.protocol.OverlayInspection;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.ManualTopology;
import io.chaski.core.internal.protocol.member.Membership;
import io.chaski.core.internal.protocol.topic.TreeLinks.Account;
import io.chaski.core.internal.protocol.tree.Broadcast;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One topic of this node: who its neighbours are, and the tree over them. The tree outlives a change between
 * publishing only and subscribing, because it numbers this node's messages. Confined to the node's event loop.
 */
final class TopicOverlay implements Membership.Listener {

    /** With two links the topic hangs together; until then members are looked for. */
    private static final int ENOUGH_LINKS = 2;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final Surroundings surroundings;
    private final Broadcast broadcast;
    private final TreeLinks links;
    private final Guests guests;
    private final Clients clients;
    private final Carrier carrier;
    private final TopicRates rates = new TopicRates();
    private Membership membership;
    private boolean isSubscribed;
    private boolean isPaired;
    private boolean isLooking;
    private long publishedNanos;
    private long keptUntilNanos = Long.MIN_VALUE;

    TopicOverlay(ProtocolContext context, TopicRef topic, Surroundings surroundings, boolean isSubscribed) {
        this.context = context;
        this.topic = topic;
        this.surroundings = surroundings;
        this.isSubscribed = isSubscribed;
        this.broadcast = new Broadcast(context, topic, isSubscribed, this::onSlow);
        surroundings.sequences().resume(topic, broadcast);
        this.links = new TreeLinks(broadcast);
        this.guests = new Guests(context, topic, links);
        this.clients = new Clients(context, topic, links, surroundings.leases());
        this.carrier = new Carrier(context, topic, links, surroundings.relays());
        this.membership = newMembership();
    }

    private Membership newMembership() {
        if (!isSubscribed) {
            return new FanOut(context, topic, surroundings.strangers(), clients::contains, this);
        }
        return context.settings().manualTopology()
                ? new ManualTopology(context, topic, this)
                : new HyParView(context, topic, this);
    }

    TopicRef topic() {
        return topic;
    }

    boolean isSubscribed() {
        return isSubscribed;
    }

    Broadcast broadcast() {
        return broadcast;
    }

    Membership membership() {
        return membership;
    }

    /** When it last published; {@link Long#MIN_VALUE} if it never did. */
    long publishedNanos() {
        return broadcast.stats().published() > 0 ? publishedNanos : Long.MIN_VALUE;
    }

    /** Whether it has told a publisher that it keeps a message, and still must. */
    boolean isKeeping() {
        return context.nowNanos() < keptUntilNanos;
    }

    /** Who has this node carry the topic for them. */
    Clients clients() {
        return clients;
    }

    /** Who carries it for this node. */
    Carrier carrier() {
        return carrier;
    }

    /** Begins to look for neighbours. Announcements of the subscription are on their way already. */
    void start() {
        membership.start();
    }

    /** From publishing only to subscribing, or back. */
    void setSubscribed(boolean subscribed) {
        List<Descriptor> known = new ArrayList<>();
        membership.neighbours().forEach(peer -> known.add(peer.descriptor()));
        leaveMembership();
        isSubscribed = subscribed;
        broadcast.setDelivers(subscribed);
        membership = newMembership();
        start();
        membership.onCandidates(known);
    }

    /** Leaves in good order; the object is dead. */
    void close() {
        broadcast.finishSigning();
        leaveMembership();
        guests.dismissAll();
        clients.dismissAll();
        surroundings.sequences().remember(topic, broadcast);
        broadcast.close();
    }

    private void leaveMembership() {
        isPaired = false; // leaving is no isolation
        links.allAway(Account.MEMBERSHIP);
        Membership left = membership;
        membership = new Leaving();
        left.leave();
        carrier.leave();
        stopLooking();
    }

    PublishOutcome publish(int channel, int hopLimit, boolean live, ArrayPayload body) {
        publishedNanos = context.nowNanos();
        PublishOutcome outcome = broadcast.publish(channel, hopLimit, live, body);
        noteKept(outcome);
        return outcome;
    }

    PublishOutcome publishSigned(int hopLimit, boolean live, ArrayPayload content, Consumer<PublishOutcome> whenSent) {
        publishedNanos = context.nowNanos();
        return broadcast.publishSigned(hopLimit, live, content, outcome -> {
            noteKept(outcome);
            whenSent.accept(outcome);
        });
    }

    private void noteKept(PublishOutcome outcome) {
        if (outcome.status() == PublishOutcome.Status.KEPT) {
            keptUntilNanos = publishedNanos + context.settings().tree().cache().ageNanos();
        }
    }

    void onFrame(Peer from, MembershipFrame frame) {
        if (frame.isCarried()) {
            onCarried(from, frame);
        } else if (guests.takes(from, frame)) {
            guests.onFrame(from, frame, members(MembershipFrame.MAX_DESCRIPTORS));
        } else {
            membership.onFrame(from, frame);
        }
    }

    private void onCarried(Peer from, MembershipFrame frame) {
        if (frame instanceof Neighbor ask) {
            clients.onNeighbor(from, ask);
        } else if (frame instanceof NeighborAck ack) {
            carrier.onAck(from, ack);
        } else if (frame instanceof NeighborNack nack) {
            carrier.onNack(from, nack);
        } else if (frame instanceof Disconnect disconnect && !carrier.onDisconnect(from, disconnect)) {
            clients.onDisconnect(from, disconnect);
        }
    }

    void onSubscriptionChanged(Peer peer, boolean subscribed) {
        if (!subscribed) {
            clients.remove(peer);
        }
        membership.onSubscriptionChanged(peer, subscribed);
    }

    /** Other rules say who may be sent messages. A guest or a client that may do nothing here any more has no link. */
    void onRules() {
        for (Peer guest : guests.peers()) {
            if (!guest.mayLink(topic)) {
                guests.dismiss(guest);
            }
        }
        broadcast.onRules();
    }

    void onNetworkChanged() {
        membership.onNetworkChanged();
        clients.onNetworkChanged();
        carrier.onNetworkChanged();
        broadcast.onNetworkChanged();
    }

    void onPeerDown(Peer peer, CloseReason reason) {
        guests.remove(peer);
        clients.remove(peer);
        carrier.onPeerDown(peer);
        membership.onPeerDown(peer, reason);
    }

    long linkHash(Peer peer) {
        return membership.linkHash(peer) + guests.linkHash(peer) + clients.linkHash(peer) + carrier.linkHash(peer);
    }

    void onAsymmetry(Peer peer) {
        guests.remove(peer);
        clients.onAsymmetry(peer);
        carrier.onAsymmetry(peer);
        membership.onAsymmetry(peer);
    }

    @Override
    public void onNeighbourUp(Peer peer) {
        links.up(peer, Account.MEMBERSHIP);
        guests.remove(peer); // it has become a member
        if (!isPaired) {
            isPaired = true;
            if (isSubscribed) {
                context.outbox().emit(new NodeEvent.Paired(topic.name()));
            }
        }
        reportNeighbours();
        if (membership.neighbours().size() >= ENOUGH_LINKS) {
            stopLooking();
        }
    }

    @Override
    public void onNeighbourDown(Peer peer) {
        if (membership instanceof Leaving) {
            return;
        }
        links.down(peer, Account.MEMBERSHIP);
        if (isPaired && membership.neighbours().isEmpty()) {
            isPaired = false;
            if (isSubscribed) {
                context.outbox().emit(new NodeEvent.Isolated(topic.name()));
            }
        }
        reportNeighbours();
    }

    private void reportNeighbours() {
        context.outbox()
                .emit(new NodeEvent.NeighboursChanged(
                        topic.name(), membership.neighbours().size()));
    }

    @Override
    public void onCandidatesWanted() {
        if (!isLooking && !context.settings().manualTopology()) {
            isLooking = true;
            surroundings.discovery().want(topic, (found, from) -> membership.onCandidates(found));
        }
    }

    @Override
    public boolean isEager(Peer peer) {
        return broadcast.eager().contains(peer);
    }

    private void stopLooking() {
        if (isLooking) {
            isLooking = false;
            surroundings.discovery().satisfied(topic);
        }
    }

    /** The neighbour takes no bytes: its link goes, and the membership finds another one. */
    private void onSlow(Peer peer) {
        context.counters().increment("topic.slow-neighbours");
        guests.remove(peer);
        clients.dismiss(peer, true);
        carrier.onSlow(peer);
        membership.onSlow(peer);
    }

    /** Members this node knows, neighbours first, at most {@code limit}. */
    List<Descriptor> members(int limit) {
        Map<NodeId, Descriptor> members = new LinkedHashMap<>();
        for (Peer peer : membership.neighbours()) {
            members.put(peer.id(), peer.descriptor());
        }
        if (membership instanceof HyParView view) {
            view.known().forEach(known -> members.putIfAbsent(known.id(), known));
        }
        return members.values().stream().limit(limit).toList();
    }

    /** What the membership knows of a node that is no neighbour, null for nothing. */
    Peers.@Nullable Known find(NodeId id) {
        return membership instanceof HyParView view ? view.find(id) : null;
    }

    /** Members that are out of reach. */
    List<Descriptor> lost() {
        return membership instanceof HyParView view ? view.lost() : List.of();
    }

    /** Another second has passed. */
    void onBeat() {
        rates.onBeat(context.nowNanos(), broadcast.published(), broadcast.delivered());
        clients.onBeat();
        if (membership instanceof HyParView view) {
            carrier.onBeat(view);
        }
    }

    OverlayInspection inspect() {
        List<Peer> neighbours = membership.neighbours();
        List<Peer> others = new ArrayList<>(0); // nearly always: simulations look after each input
        addOthers(guests.peers(), neighbours, others);
        addOthers(clients.peers(), neighbours, others);
        Peer relay = carrier.linked();
        if (relay != null) {
            addOthers(List.of(relay), neighbours, others);
        }
        if (membership instanceof HyParView view) {
            addOthers(view.draining(), neighbours, others);
        }
        return new OverlayInspection(topic.name(), membership, this::linkHash, broadcast, others, this::tellTables);
    }

    private void tellTables(TableAudience audience) {
        audience.hear("guests", guests.count(), Guests.MAX);
        audience.hear("clients", clients.count(), Leases.MAX_CLIENTS);
        if (membership instanceof HyParView view) {
            view.tellTables(audience);
        }
        broadcast.tellTables(audience);
    }

    private static void addOthers(List<Peer> some, List<Peer> neighbours, List<Peer> others) {
        for (Peer peer : some) {
            if (!neighbours.contains(peer) && !others.contains(peer)) {
                others.add(peer);
            }
        }
    }

    TopicSnapshot snapshot() {
        Broadcast.Stats stats = broadcast.stats();
        List<NodeId> neighbours = membership.neighbours().stream().map(Peer::id).toList();
        int known = membership instanceof HyParView view ? view.known().size() : neighbours.size();
        return new TopicSnapshot(
                topic.name(),
                isSubscribed,
                neighbours,
                broadcast.eager().stream().map(Peer::id).toList(),
                Math.max(0, known - neighbours.size()),
                stats.sources(),
                stats.published(),
                stats.delivered(),
                stats.duplicates(),
                stats.missing(),
                stats.cachedMessages(),
                stats.cachedBytes(),
                rates.rates(),
                carrier.carriedBy(),
                clients.count());
    }

    /** Stands in while the old membership says goodbye: what it reports on its way out is no news. */
    private static final class Leaving implements Membership {
        @Override
        public void start() {}

        @Override
        public void leave() {}

        @Override
        public void onFrame(Peer from, MembershipFrame frame) {}

        @Override
        public void onPeerUp(Peer peer) {}

        @Override
        public void onPeerDown(Peer peer, CloseReason reason) {}

        @Override
        public void onSubscriptionChanged(Peer peer, boolean subscribed) {}

        @Override
        public void onCandidates(List<Descriptor> members) {}

        @Override
        public void onNetworkChanged() {}

        @Override
        public List<Peer> neighbours() {
            return List.of();
        }

        @Override
        public long linkHash(Peer peer) {
            return 0;
        }

        @Override
        public void onAsymmetry(Peer peer) {}
    }
}
