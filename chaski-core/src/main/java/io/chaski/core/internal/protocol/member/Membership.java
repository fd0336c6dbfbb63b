package io.chaski.core.internal.protocol.member;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import java.util.List;

/**
 * Decides who the neighbours of one topic are. Two kinds: {@link HyParView} keeps a random graph by itself,
 * {@link ManualTopology} uses exactly the edges the application asked for. Confined to the node's event loop.
 */
public interface Membership {

    /** Hears about the active links of the topic. */
    interface Listener {
        /**
         * A link stands.
         *
         * @param peer at the other end
         */
        void onNeighbourUp(Peer peer);

        /**
         * A link is gone.
         *
         * @param peer at the other end
         */
        void onNeighbourDown(Peer peer);

        /**
         * The topic lacks links and has no candidate: somebody should look for members (see {@code Discovery}).
         * Repeated, at growing intervals, for as long as that is so.
         */
        void onCandidatesWanted();

        /**
         * Whether messages are pushed over this link; such links are given up last.
         *
         * @param peer a neighbour
         */
        default boolean isEager(Peer peer) {
            return false;
        }
    }

    /** Begins to look for neighbours. */
    void start();

    /** Leaves the topic in good order: neighbours are told. Afterwards the object is dead. */
    void leave();

    /**
     * A frame of this topic.
     *
     * @param from its sender, a neighbour or not
     * @param frame the frame
     */
    void onFrame(Peer from, MembershipFrame frame);

    /**
     * An edge has come up, for whatever purpose.
     *
     * @param peer the new peer
     */
    void onPeerUp(Peer peer);

    /**
     * An edge has gone down.
     *
     * @param peer who is gone
     * @param reason why; decides whether the peer counts as lost or as gone for good
     */
    void onPeerDown(Peer peer, CloseReason reason);

    /**
     * A peer has begun or ceased to subscribe to this topic.
     *
     * @param peer who
     * @param subscribed whether it subscribes now
     */
    void onSubscriptionChanged(Peer peer, boolean subscribed);

    /**
     * Members that somebody has found.
     *
     * @param members hearsay
     */
    void onCandidates(List<Descriptor> members);

    /**
     * Somebody looks for members of this topic; the overlay may offer itself.
     *
     * @param origin who looks, hearsay
     */
    default void onWanted(Descriptor origin) {}

    /** The network has changed: probe everything now, expect nothing of the past. */
    void onNetworkChanged();

    /** The active links, in a stable order. */
    List<Peer> neighbours();

    /**
     * Hash of the generations of the topic's link on this edge, 0 if there is none; both ends have the same one
     * unless a link is half open (PING carries it).
     *
     * @param peer any peer
     */
    long linkHash(Peer peer);

    /**
     * The two ends of an edge have disagreed about their links for longer than a frame may take. Asks the other end
     * whether this topic's link is meant, and takes it down if so.
     *
     * @param peer any peer
     */
    void onAsymmetry(Peer peer);

    /**
     * The neighbour takes nothing any more: its link is given up for another one.
     *
     * @param peer a neighbour
     */
    default void onSlow(Peer peer) {
        onAsymmetry(peer);
    }
}
