package io.chaski.core.internal.protocol.member;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.ForwardJoin;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import io.chaski.core.internal.wire.MembershipFrame.ProbeAck;
import io.chaski.core.internal.wire.MembershipFrame.Redirect;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.MembershipFrame.ShuffleReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Links a topic over exactly the edges there are: every peer that subscribes is a neighbour. Announcements say whom to
 * ask, but may be wrong (a summary of many topics is a Bloom filter); a link stands only when the peer has proved its
 * membership by a NEIGHBOR or an ACK of its own. Since frames arrive in order, each end has the link before the first
 * message of the other end arrives. The tables have one entry per edge at most. Confined to the node's event loop.
 */
public final class ManualTopology implements Membership {

    /** There is one link per edge, so its number never changes. */
    private static final int GENERATION = 1;

    /** Questions to a peer that announces the topic but does not answer; announcing it again starts anew. */
    private static final int TRIES = 5;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final Listener listener;
    private final Map<NodeId, Peer> linked = new LinkedHashMap<>();
    private final Map<NodeId, Asked> asked = new LinkedHashMap<>();
    private final Timers.Timer timer;
    private final FrameBudget budget = new FrameBudget(Incoming.FRAMES_PER_SECOND);
    private boolean running;

    private static final class Asked {
        private final Peer peer;
        private int tries;

        Asked(Peer peer) {
            this.peer = peer;
        }
    }

    /**
     * Not yet joined; see {@link #start()}.
     *
     * @param context the node
     * @param topic the topic, retained by the caller for as long as this object lives
     * @param listener hears of links
     */
    public ManualTopology(ProtocolContext context, TopicRef topic, Listener listener) {
        this.context = context;
        this.topic = topic;
        this.listener = listener;
        this.timer = context.timers().timer(this::askAgain);
    }

    @Override
    public void start() {
        running = true;
        for (Peer peer : context.peers().all()) {
            onPeerUp(peer);
        }
    }

    @Override
    public void leave() {
        running = false;
        timer.cancel();
        asked.clear();
        List<Peer> left = neighbours();
        linked.clear();
        for (Peer peer : left) {
            peer.send(new Disconnect(peer.alias(topic), GENERATION, false, List.of()));
            peer.linksChanged();
            peer.release(this);
        }
    }

    @Override
    public void onPeerUp(Peer peer) {
        if (running && peer.maySubscribe(topic) && !linked.containsKey(peer.id())) {
            asked.put(peer.id(), new Asked(peer));
            ask(peer);
        }
    }

    private void ask(Peer peer) {
        peer.send(new Neighbor(peer.alias(topic), Priority.LOW, GENERATION, context.descriptor(), List.of()));
        if (!timer.isArmed()) {
            timer.armAt(context.nowNanos()
                    + context.settings().membership().answerWithin().toNanos());
        }
    }

    private void askAgain() {
        asked.values().removeIf(each -> ++each.tries >= TRIES);
        asked.values().forEach(each -> ask(each.peer));
    }

    @Override
    public void onPeerDown(Peer peer, CloseReason reason) {
        budget.forget(peer.id());
        down(peer);
    }

    @Override
    public void onSubscriptionChanged(Peer peer, boolean subscribed) {
        if (subscribed) {
            onPeerUp(peer);
        } else {
            down(peer);
        }
    }

    /** Links follow edges; the application decides which edges there are. */
    @Override
    public void onCandidates(List<Descriptor> members) {}

    @Override
    public void onNetworkChanged() {}

    @Override
    public List<Peer> neighbours() {
        return new ArrayList<>(linked.values());
    }

    @Override
    public long linkHash(Peer peer) {
        return linked.get(peer.id()) == peer ? LinkHash.of(topic, GENERATION) : 0;
    }

    @Override
    public void onAsymmetry(Peer peer) {
        if (running && linked.get(peer.id()) == peer) {
            ask(peer);
        }
    }

    @Override
    public void onFrame(Peer from, MembershipFrame frame) {
        if (!running) {
            return;
        }
        if (budget.take(from.id(), 0, context.nowNanos())) {
            frame.deliverTo(new Answers(from));
        } else {
            from.misbehaved("membership.rate");
        }
    }

    private void up(Peer peer) {
        asked.remove(peer.id());
        if (linked.putIfAbsent(peer.id(), peer) == null) {
            peer.linksChanged();
            peer.hold(this);
            listener.onNeighbourUp(peer);
        }
    }

    private void down(Peer peer) {
        asked.remove(peer.id());
        if (linked.remove(peer.id(), peer)) {
            peer.linksChanged();
            peer.release(this);
            listener.onNeighbourDown(peer);
        }
    }

    private final class Answers implements MembershipFrame.Handler {
        private final Peer from;

        Answers(Peer from) {
            this.from = from;
        }

        @Override
        public void onNeighbor(Neighbor neighbor) {
            from.send(new NeighborAck(from.alias(topic), neighbor.generation(), List.of()));
            up(from);
        }

        @Override
        public void onNeighborAck(NeighborAck ack) {
            if (asked.containsKey(from.id())) {
                up(from);
            } else if (!linked.containsKey(from.id())) {
                from.misbehaved("membership.ack-unsolicited");
            }
        }

        @Override
        public void onNeighborNack(NeighborNack nack) {
            down(from);
        }

        @Override
        public void onDisconnect(Disconnect disconnect) {
            down(from);
        }

        @Override
        public void onJoin(Join join) {
            // A node with automatic topology: it gets a link by asking for one, and nobody else's address.
            from.send(new Redirect(from.alias(topic), List.of()));
        }

        @Override
        public void onProbe(Probe probe) {
            from.send(new ProbeAck(from.alias(topic), probe.token(), true, context.descriptor(), List.of()));
        }

        @Override
        public void onRedirect(Redirect redirect) {
            ignore();
        }

        @Override
        public void onForwardJoin(ForwardJoin join) {
            ignore();
        }

        @Override
        public void onShuffle(Shuffle shuffle) {
            ignore();
        }

        @Override
        public void onShuffleReply(ShuffleReply reply) {
            ignore();
        }

        @Override
        public void onProbeAck(ProbeAck ack) {
            ignore();
        }

        private void ignore() {
            context.counters().increment("membership.manual-ignored");
        }
    }
}
