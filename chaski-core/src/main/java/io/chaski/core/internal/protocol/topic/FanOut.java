package io.chaski.core.internal.protocol.topic;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.Hearsay;
import io.chaski.core.internal.protocol.member.LinkHash;
import io.chaski.core.internal.protocol.member.Membership;
import io.chaski.core.internal.protocol.member.NonMember;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Neighbours of a topic on which this node publishes, or which it carries for others, without subscribing: three
 * members, asked for a link as a guest, but none that has one as a client. In manual topology all members there is an
 * edge to. Confined to the node's event loop.
 */
final class FanOut implements Membership {

    /** One for the message, two for the case that one of them has just died. */
    static final int LINKS = 3;

    private static final int MAX_CANDIDATES = 16;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ProtocolContext context;
    private final TopicRef topic;
    private final Listener listener;
    private final NonMember strangers;
    private final Predicate<Peer> isClient;
    private final boolean isManual;
    private final Timers.Timer retry;
    private final Map<NodeId, Descriptor> candidates = new LinkedHashMap<>();
    private final Map<NodeId, Long> dialled = new LinkedHashMap<>();
    private final Map<Peer, Asked> asked = new LinkedHashMap<>();
    private final Map<Peer, Integer> links = new LinkedHashMap<>();
    private int lastGeneration;
    private boolean hasLeft;

    private record Asked(int generation, long untilNanos) {}

    FanOut(ProtocolContext context, TopicRef topic, NonMember strangers, Predicate<Peer> isClient, Listener listener) {
        this.context = context;
        this.topic = topic;
        this.strangers = strangers;
        this.isClient = isClient;
        this.isManual = context.settings().manualTopology();
        this.listener = listener;
        this.retry = context.timers().timer(this::fill);
    }

    @Override
    public void start() {
        fill();
    }

    @Override
    public void leave() {
        hasLeft = true;
        retry.cancel();
        links.forEach(this::dismiss);
        asked.forEach((peer, question) -> dismiss(peer, question.generation));
        asked.keySet().forEach(peer -> peer.release(this));
        asked.clear();
        List.copyOf(links.keySet()).forEach(this::unlink);
    }

    @Override
    public void onFrame(Peer from, MembershipFrame frame) {
        if (frame instanceof NeighborAck ack) {
            onAck(from, ack);
        } else if (frame instanceof NeighborNack nack) {
            Asked question = asked.get(from);
            if (question != null && question.generation == nack.generation()) {
                forget(from);
                onCandidates(nack.others());
            }
        } else if (frame instanceof Disconnect disconnect) {
            Integer generation = links.get(from);
            if (generation != null && generation == disconnect.generation()) {
                unlink(from);
                onCandidates(disconnect.others());
            }
        } else {
            strangers.onFrame(from, topic, frame);
        }
    }

    private void onAck(Peer from, NeighborAck ack) {
        Asked question = asked.get(from);
        if (question == null || question.generation != ack.generation()) {
            onUnsolicited(from, ack);
            return;
        }
        if (!from.maySubscribe(topic)) {
            forget(from); // it has left since
            return;
        }
        asked.remove(from);
        links.put(from, ack.generation());
        from.linksChanged();
        listener.onNeighbourUp(from);
    }

    /** It comes too late, or from an earlier life of this overlay: the other end must not believe in the link. */
    private void onUnsolicited(Peer from, NeighborAck ack) {
        from.misbehaved("unsolicited-ack");
        Integer generation = links.get(from);
        if (generation == null || generation != ack.generation()) {
            dismiss(from, ack.generation());
        }
    }

    private void dismiss(Peer peer, int generation) {
        peer.send(new Disconnect(peer.alias(topic), generation, false, List.of()));
    }

    @Override
    public void onPeerUp(Peer peer) {
        if (peer.maySubscribe(topic)) {
            fill();
        }
    }

    @Override
    public void onPeerDown(Peer peer, CloseReason reason) {
        asked.remove(peer);
        unlink(peer);
        fill();
    }

    @Override
    public void onSubscriptionChanged(Peer peer, boolean subscribed) {
        if (subscribed) {
            if (!hasLeft && isAskable(peer)) {
                ask(peer);
            }
        } else if (links.containsKey(peer)) {
            unlink(peer);
            fill();
        }
        // A question stays open until it is answered or too late: who comes and goes is not asked each time.
    }

    private boolean isAskable(Peer peer) {
        return wanted() > 0
                && peer.maySubscribe(topic)
                && !links.containsKey(peer)
                && !asked.containsKey(peer)
                && !isClient.test(peer);
    }

    @Override
    public void onCandidates(List<Descriptor> members) {
        long maxAgeSeconds = context.settings().membership().forgottenAfter().toSeconds();
        for (Descriptor member : members) {
            Descriptor believed = Hearsay.believed(member, context.self(), maxAgeSeconds);
            if (candidates.size() < MAX_CANDIDATES && believed != null) {
                candidates.put(believed.id(), believed);
            }
        }
        fill();
    }

    @Override
    public void onNetworkChanged() {
        fill();
    }

    @Override
    public List<Peer> neighbours() {
        return new ArrayList<>(links.keySet());
    }

    @Override
    public long linkHash(Peer peer) {
        Integer generation = links.get(peer);
        return generation == null ? 0 : LinkHash.of(topic, generation);
    }

    @Override
    public void onAsymmetry(Peer peer) {
        unlink(peer);
        fill();
    }

    private void fill() {
        if (hasLeft) {
            return;
        }
        long now = context.nowNanos();
        for (Map.Entry<Peer, Asked> question : List.copyOf(asked.entrySet())) {
            if (question.getValue().untilNanos <= now) {
                forget(question.getKey());
            }
        }
        dialled.values().removeIf(untilNanos -> untilNanos <= now);
        for (Peer peer : context.peers().all()) {
            if (isAskable(peer)) {
                ask(peer);
            }
        }
        while (!isManual && wanted() > 0 && !candidates.isEmpty()) {
            Descriptor next = candidates.values().iterator().next();
            candidates.remove(next.id());
            reach(next);
        }
        if (wanted() > 0) {
            listener.onCandidatesWanted();
        }
        if (!retry.isArmed() || retry.deadlineNanos() <= now) {
            retry.armAt(now + context.jittered(RETRY_NANOS));
        }
    }

    private int wanted() {
        int most = isManual ? Integer.MAX_VALUE : LINKS;
        return most - links.size() - asked.size() - dialled.size();
    }

    private void reach(Descriptor member) {
        if (context.peers().get(member.id()) != null) {
            return; // its edge stands and it does not say that it subscribes
        }
        dialled.put(member.id(), context.nowNanos() + ANSWER_NANOS);
        context.peers().reach(member, Peers.Trust.HINT, new Peers.Reach() {
            @Override
            public void onReached(Peer peer) {
                if (dialled.remove(member.id()) != null) {
                    fill();
                }
            }

            @Override
            public void onUnreachable() {
                dialled.remove(member.id());
            }
        });
    }

    private void ask(Peer peer) {
        int generation = ++lastGeneration;
        peer.hold(this);
        asked.put(peer, new Asked(generation, context.nowNanos() + ANSWER_NANOS));
        peer.send(new Neighbor(peer.alias(topic), Priority.LOW, generation, context.descriptor(), List.of()));
    }

    private void forget(Peer peer) {
        if (asked.remove(peer) != null) {
            peer.release(this);
        }
    }

    private void unlink(Peer peer) {
        if (links.remove(peer) != null) {
            peer.linksChanged();
            peer.release(this);
            listener.onNeighbourDown(peer);
        }
    }
}
