package io.chaski.core.internal.wire;

import io.chaski.core.NodeId;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Frames that look for the members of a topic. */
public sealed interface DiscoveryFrame extends Frame {

    /** Calls the handler's method for this kind of frame. */
    void deliverTo(Handler handler);

    /**
     * The same frame with other descriptors.
     *
     * @param change what becomes of each
     */
    DiscoveryFrame withDescriptors(UnaryOperator<Descriptor> change);

    /** One method per kind of frame. */
    interface Handler {
        /** See {@link Find}. */
        void onFind(Find find);

        /** See {@link Found}. */
        void onFound(Found found);

        /** See {@link Register}. */
        void onRegister(Register register);
    }

    /**
     * Who subscribes to this topic?
     *
     * @param request random id of the look-up, the same along its whole way
     * @param topicHash {@link TopicSummary#hashOf(String)} of the topic
     * @param origin who asks; members may offer themselves to it
     * @param hopsLeft how often it may still be passed on; 0 asks the receiver alone
     * @param flood whether it goes to every neighbour instead of one
     * @param want how many members are asked for, 1 to 8
     */
    record Find(NodeId request, long topicHash, Descriptor origin, int hopsLeft, boolean flood, int want)
            implements DiscoveryFrame {
        /** Nothing may be missing. */
        public Find {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(origin, "origin");
        }

        @Override
        public int type() {
            return FrameType.FIND;
        }

        @Override
        public Find withDescriptors(UnaryOperator<Descriptor> change) {
            return new Find(request, topicHash, change.apply(origin), hopsLeft, flood, want);
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onFind(this);
        }
    }

    /**
     * These do, as far as the sender knows.
     *
     * @param request id of the look-up
     * @param topicHash of the topic
     * @param members descriptors, at most {@link MembershipFrame#MAX_DESCRIPTORS}
     */
    record Found(NodeId request, long topicHash, List<Descriptor> members) implements DiscoveryFrame {
        /** Copies the list. */
        public Found {
            Objects.requireNonNull(request, "request");
            members = List.copyOf(members);
            if (members.size() > MembershipFrame.MAX_DESCRIPTORS) {
                throw new IllegalArgumentException("too many members: " + members.size());
            }
        }

        @Override
        public int type() {
            return FrameType.FOUND;
        }

        @Override
        public Found withDescriptors(UnaryOperator<Descriptor> change) {
            return new Found(request, topicHash, members.stream().map(change).toList());
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onFound(this);
        }
    }

    /**
     * Soft state at a root: this node subscribes to these topics.
     *
     * @param member who registers
     * @param topicHashes complete list, at most {@value #MAX_TOPICS}; empty deregisters
     * @param leaseSeconds how long the root keeps it, 1 to 3,600
     */
    record Register(Descriptor member, List<Long> topicHashes, int leaseSeconds) implements DiscoveryFrame {
        /** Fits 8 bytes each into a fraction of the largest frame; larger lists are sent in parts. */
        public static final int MAX_TOPICS = 1_024;

        /** Copies the list. */
        public Register {
            Objects.requireNonNull(member, "member");
            topicHashes = List.copyOf(topicHashes);
            if (topicHashes.size() > MAX_TOPICS) {
                throw new IllegalArgumentException("at most " + MAX_TOPICS + " topics: " + topicHashes.size());
            }
        }

        @Override
        public int type() {
            return FrameType.REGISTER;
        }

        @Override
        public Register withDescriptors(UnaryOperator<Descriptor> change) {
            return new Register(change.apply(member), topicHashes, leaseSeconds);
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onRegister(this);
        }
    }
}
