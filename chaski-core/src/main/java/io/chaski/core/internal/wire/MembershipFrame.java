package io.chaski.core.internal.wire;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Frames of the membership protocol, one overlay per topic (HyParView, Leitao, Pereira, Rodrigues, DSN 2007). {@code
 * topic} is always the sender's alias on this connection.
 */
public sealed interface MembershipFrame extends Frame {

    /** Most descriptors in one frame; eight are enough to replace a whole active view. */
    int MAX_DESCRIPTORS = 8;

    /** Bit of a generation: the link is one between a relay and a subscriber it carries the topic for, not of members. */
    int CARRIED = 1 << 31;

    /** Sender's topic alias. */
    int topic();

    /** Generation of the link that the frame is about, 0 if it is about none. */
    default int generation() {
        return 0;
    }

    /** Whether the frame is about a link between a relay and its client. */
    default boolean isCarried() {
        return (generation() & CARRIED) != 0;
    }

    /** Calls the handler's method for this kind of frame. */
    void deliverTo(Handler handler);

    /**
     * The same frame with other descriptors.
     *
     * @param change what becomes of each
     */
    MembershipFrame withDescriptors(UnaryOperator<Descriptor> change);

    /** One method per kind of frame. */
    interface Handler {
        /** See {@link Join}. */
        void onJoin(Join join);

        /** See {@link Redirect}. */
        void onRedirect(Redirect redirect);

        /** See {@link ForwardJoin}. */
        void onForwardJoin(ForwardJoin join);

        /** See {@link Neighbor}. */
        void onNeighbor(Neighbor neighbor);

        /** See {@link NeighborAck}. */
        void onNeighborAck(NeighborAck ack);

        /** See {@link NeighborNack}. */
        void onNeighborNack(NeighborNack nack);

        /** See {@link Disconnect}. */
        void onDisconnect(Disconnect disconnect);

        /** See {@link Shuffle}. */
        void onShuffle(Shuffle shuffle);

        /** See {@link ShuffleReply}. */
        void onShuffleReply(ShuffleReply reply);

        /** See {@link Probe}. */
        void onProbe(Probe probe);

        /** See {@link ProbeAck}. */
        void onProbeAck(ProbeAck ack);
    }

    /** How much the sender of a {@link Neighbor} needs the link. */
    enum Priority {
        /** May be refused. */
        LOW,
        /** The sender has no link at all: must be accepted. */
        HIGH,
        /** Offered at the end of a join walk. */
        OFFER,
        /** Joins two components after a partition; accepted by full nodes too, at a limited rate. */
        HEAL
    }

    /**
     * A node asks its contact to let it into the topic.
     *
     * @param topic alias
     * @param joiner the node that joins
     */
    record Join(int topic, Descriptor joiner) implements MembershipFrame {
        @Override
        public int type() {
            return FrameType.JOIN;
        }

        @Override
        public Join withDescriptors(UnaryOperator<Descriptor> change) {
            return new Join(topic, change.apply(joiner));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onJoin(this);
        }
    }

    /**
     * The contact has no free slot: try these. Walks for the joiner have been started anyway.
     *
     * @param topic alias
     * @param others members to try
     */
    record Redirect(int topic, List<Descriptor> others) implements MembershipFrame {
        /** Copies the list. */
        public Redirect {
            others = bounded(others);
        }

        @Override
        public int type() {
            return FrameType.REDIRECT;
        }

        @Override
        public Redirect withDescriptors(UnaryOperator<Descriptor> change) {
            return new Redirect(topic, changed(others, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onRedirect(this);
        }
    }

    /**
     * Random walk that looks for links for a joiner.
     *
     * @param topic alias
     * @param joiner the node that joins
     * @param hopsLeft steps still to go, counting down from 6; below 0, down to -6, the walk looks for a free slot
     */
    record ForwardJoin(int topic, Descriptor joiner, int hopsLeft) implements MembershipFrame {
        @Override
        public int type() {
            return FrameType.FORWARD_JOIN;
        }

        @Override
        public ForwardJoin withDescriptors(UnaryOperator<Descriptor> change) {
            return new ForwardJoin(topic, change.apply(joiner), hopsLeft);
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onForwardJoin(this);
        }
    }

    /**
     * Asks for, or offers, an active link.
     *
     * @param topic alias
     * @param priority how much it is needed
     * @param generation number of this link as the sender counts; a later DISCONNECT of an older generation is stale
     * @param sender the sender, so that it can be remembered
     * @param others a sample of the sender's views
     */
    record Neighbor(int topic, Priority priority, int generation, Descriptor sender, List<Descriptor> others)
            implements MembershipFrame {
        /** Copies the list. */
        public Neighbor {
            Objects.requireNonNull(priority, "priority");
            Objects.requireNonNull(sender, "sender");
            others = bounded(others);
        }

        @Override
        public int type() {
            return FrameType.NEIGHBOR;
        }

        @Override
        public Neighbor withDescriptors(UnaryOperator<Descriptor> change) {
            return new Neighbor(topic, priority, generation, change.apply(sender), changed(others, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onNeighbor(this);
        }
    }

    /**
     * The link is accepted and stands at both ends.
     *
     * @param topic alias
     * @param generation of the request
     * @param others a sample of the accepting side's views
     */
    record NeighborAck(int topic, int generation, List<Descriptor> others) implements MembershipFrame {
        /** Copies the list. */
        public NeighborAck {
            others = bounded(others);
        }

        @Override
        public int type() {
            return FrameType.NEIGHBOR_ACK;
        }

        @Override
        public NeighborAck withDescriptors(UnaryOperator<Descriptor> change) {
            return new NeighborAck(topic, generation, changed(others, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onNeighborAck(this);
        }
    }

    /**
     * The link is refused.
     *
     * @param topic alias
     * @param generation of the request
     * @param subscribed whether the refusing side is a member of the topic at all
     * @param others members to try instead
     */
    record NeighborNack(int topic, int generation, boolean subscribed, List<Descriptor> others)
            implements MembershipFrame {
        /** Copies the list. */
        public NeighborNack {
            others = bounded(others);
        }

        @Override
        public int type() {
            return FrameType.NEIGHBOR_NACK;
        }

        @Override
        public NeighborNack withDescriptors(UnaryOperator<Descriptor> change) {
            return new NeighborNack(topic, generation, subscribed, changed(others, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onNeighborNack(this);
        }
    }

    /**
     * Takes an active link down.
     *
     * @param topic alias
     * @param generation of the link as the receiver of this frame knows it; another one is stale and ignored
     * @param alive whether the sender stays a member and may be remembered as passive
     * @param others members to try instead
     */
    record Disconnect(int topic, int generation, boolean alive, List<Descriptor> others) implements MembershipFrame {
        /** Copies the list. */
        public Disconnect {
            others = bounded(others);
        }

        @Override
        public int type() {
            return FrameType.DISCONNECT;
        }

        @Override
        public Disconnect withDescriptors(UnaryOperator<Descriptor> change) {
            return new Disconnect(topic, generation, alive, changed(others, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onDisconnect(this);
        }
    }

    /**
     * Random walk that exchanges samples of views.
     *
     * @param topic alias
     * @param origin who started it and takes the reply
     * @param sample of the origin's views
     * @param hopsLeft steps still to go, counting down
     */
    record Shuffle(int topic, Descriptor origin, List<Descriptor> sample, int hopsLeft) implements MembershipFrame {
        /** Copies the list. */
        public Shuffle {
            sample = bounded(sample);
        }

        @Override
        public int type() {
            return FrameType.SHUFFLE;
        }

        @Override
        public Shuffle withDescriptors(UnaryOperator<Descriptor> change) {
            return new Shuffle(topic, change.apply(origin), changed(sample, change), hopsLeft);
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onShuffle(this);
        }
    }

    /**
     * Answer to a {@link Shuffle}, sent over a direct edge or back along the walk's last step.
     *
     * @param topic alias
     * @param sample of the answering side's views
     */
    record ShuffleReply(int topic, List<Descriptor> sample) implements MembershipFrame {
        /** Copies the list. */
        public ShuffleReply {
            sample = bounded(sample);
        }

        @Override
        public int type() {
            return FrameType.SHUFFLE_REPLY;
        }

        @Override
        public ShuffleReply withDescriptors(UnaryOperator<Descriptor> change) {
            return new ShuffleReply(topic, changed(sample, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onShuffleReply(this);
        }
    }

    /**
     * Are you alive, and are you in my component?
     *
     * @param topic alias
     * @param token chosen by the sender
     * @param sender the sender
     * @param sample of the sender's views
     */
    record Probe(int topic, long token, Descriptor sender, List<Descriptor> sample) implements MembershipFrame {
        /** Copies the list. */
        public Probe {
            sample = bounded(sample);
        }

        @Override
        public int type() {
            return FrameType.PROBE;
        }

        @Override
        public Probe withDescriptors(UnaryOperator<Descriptor> change) {
            return new Probe(topic, token, change.apply(sender), changed(sample, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onProbe(this);
        }
    }

    /**
     * Answer to a {@link Probe}.
     *
     * @param topic alias
     * @param token of the probe
     * @param subscribed whether the answering side is a member of the topic
     * @param sender the answering side
     * @param sample of its views
     */
    record ProbeAck(int topic, long token, boolean subscribed, Descriptor sender, List<Descriptor> sample)
            implements MembershipFrame {
        /** Copies the list. */
        public ProbeAck {
            sample = bounded(sample);
        }

        @Override
        public int type() {
            return FrameType.PROBE_ACK;
        }

        @Override
        public ProbeAck withDescriptors(UnaryOperator<Descriptor> change) {
            return new ProbeAck(topic, token, subscribed, change.apply(sender), changed(sample, change));
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onProbeAck(this);
        }
    }

    private static List<Descriptor> changed(List<Descriptor> descriptors, UnaryOperator<Descriptor> change) {
        return descriptors.stream().map(change).toList();
    }

    private static List<Descriptor> bounded(List<Descriptor> descriptors) {
        if (descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("at most " + MAX_DESCRIPTORS + " descriptors: " + descriptors.size());
        }
        return List.copyOf(descriptors);
    }
}
