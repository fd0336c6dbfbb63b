package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.ForwardJoin;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import io.chaski.core.internal.wire.MembershipFrame.ProbeAck;
import io.chaski.core.internal.wire.MembershipFrame.Redirect;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.MembershipFrame.ShuffleReply;
import java.util.List;

/**
 * Answers membership frames of topics that this node does not subscribe to: never with a link, but with the members
 * it has heard of. Confined to the node's event loop.
 */
public final class NonMember {

    /** Who subscribes to a topic, as far as this node has heard. */
    public interface Directory {
        /**
         * Looks members up.
         *
         * @param topicHash of the topic
         * @param limit how many at most
         */
        List<Descriptor> lookUp(long topicHash, int limit);
    }

    private static final int JOIN = 0;
    private static final int OTHER = 1;

    private final ProtocolContext context;
    private final Directory directory;
    private final FrameBudget budget = new FrameBudget(Incoming.JOINS_PER_SECOND, Incoming.FRAMES_PER_SECOND);

    /**
     * Answers for all topics of a node.
     *
     * @param context the node
     * @param directory where members are looked up
     */
    public NonMember(ProtocolContext context, Directory directory) {
        this.context = context;
        this.directory = directory;
    }

    /**
     * A frame of a topic this node does not subscribe to.
     *
     * @param from its sender
     * @param topic the topic
     * @param frame the frame
     */
    public void onFrame(Peer from, TopicRef topic, MembershipFrame frame) {
        int kind = frame instanceof Join ? JOIN : OTHER;
        if (budget.take(from.id(), kind, context.nowNanos())) {
            frame.deliverTo(new Answer(from, topic));
        } else {
            from.misbehaved("membership.rate");
        }
    }

    /**
     * Forgets a peer.
     *
     * @param peer whose edge is down
     */
    public void onPeerDown(Peer peer) {
        budget.forget(peer.id());
    }

    private final class Answer implements MembershipFrame.Handler {
        private final Peer from;
        private final TopicRef topic;

        Answer(Peer from, TopicRef topic) {
            this.from = from;
            this.topic = topic;
        }

        private List<Descriptor> members() {
            return directory.lookUp(topic.hash(), MembershipFrame.MAX_DESCRIPTORS + 1).stream()
                    .filter(member -> !member.id().equals(from.id()))
                    .limit(MembershipFrame.MAX_DESCRIPTORS)
                    .toList();
        }

        @Override
        public void onJoin(Join join) {
            from.send(new Redirect(from.alias(topic), members()));
        }

        @Override
        public void onNeighbor(Neighbor neighbor) {
            from.send(new NeighborNack(from.alias(topic), neighbor.generation(), false, members()));
        }

        @Override
        public void onProbe(Probe probe) {
            from.send(new ProbeAck(from.alias(topic), probe.token(), false, context.descriptor(), members()));
        }

        @Override
        public void onNeighborAck(NeighborAck ack) {
            from.send(new Disconnect(from.alias(topic), ack.generation(), false, List.of()));
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
        public void onNeighborNack(NeighborNack nack) {
            ignore();
        }

        @Override
        public void onDisconnect(Disconnect disconnect) {
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

        /** Late frames of a topic this node has just left. */
        private void ignore() {
            context.counters().increment("membership.not-subscribed");
        }
    }
}
