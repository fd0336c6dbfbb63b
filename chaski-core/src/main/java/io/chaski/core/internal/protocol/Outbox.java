package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.security.PeerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Everything a node's protocol may cause. Implemented by the runtime, which carries it out, and by the simulator,
 * which schedules it in virtual time. No method calls back into the protocol before it returns.
 */
public interface Outbox {

    /**
     * Sends a frame; frames of one link arrive in order or the link goes down.
     *
     * @param link an open link
     * @param frame what to send
     */
    void send(int link, Frame frame);

    /**
     * Sends a message without an object for it; the parameters are those of
     * {@link io.chaski.core.internal.wire.DataHandler#onData}.
     */
    void sendData(int link, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body);

    /**
     * Whether a link takes more before it is full. Answered as of now, what was sent in this very input included, so
     * that who sends in a loop can stop in time. After it has been false, {@link NodeProtocol#onWritability} follows.
     *
     * @param link an open link
     */
    boolean isWritable(int link);

    /**
     * This node's end of a link, for snapshots.
     *
     * @param link an open link
     * @return null if it has no address
     */
    @Nullable
    Address local(int link);

    /**
     * Who is at the other end of a link.
     *
     * @param link an open link
     * @return null where nodes have no identities, and before the other end has proved it
     */
    default @Nullable LinkIdentity identity(int link) {
        return null;
    }

    /**
     * Says who is behind an edge: before the event that it is up, and again when a connection with a renewed certificate
     * has taken over.
     *
     * @param peer the other node
     * @param identity what it has proved
     */
    default void identified(NodeId peer, PeerIdentity identity) {}

    /**
     * Sends a datagram, perhaps in vain.
     *
     * @param to a TCP-form address whose port is the UDP port
     * @param datagram what to send
     * @return false if this node has no UDP port, so that nobody need wait for an answer
     */
    boolean datagram(Address to, Datagram datagram);

    /** Whether this node takes part in discovery on its LAN. */
    default boolean hasLan() {
        return false;
    }

    /**
     * Says on the LAN that this node is there, perhaps in vain, where it listens.
     *
     * @param cluster see {@link io.chaski.core.internal.wire.Beacon}
     * @param token of this node
     */
    default void beacon(long cluster, long token) {}

    /**
     * Makes the ciphers that seal and open datagrams.
     *
     * @return null if this node has no UDP port: then it gives no keys, and uses none
     */
    default DatagramCipher.@Nullable Factory datagramCiphers() {
        return null;
    }

    /**
     * Starts to connect. Answered later by {@link NodeProtocol#onDialed} or {@link NodeProtocol#onDialFailed}.
     *
     * @param link number the link will have, chosen by the protocol
     * @param address where to
     */
    void dial(int link, Address address);

    /**
     * Closes a link, or gives a dial up. Frames sent before are flushed first, for a bounded time. The protocol
     * hears nothing more of this link.
     *
     * @param link any link
     */
    void close(int link);

    /**
     * Hands a message to the application, in order per source.
     *
     * @param source whose message; names the topic
     * @param seq its number
     * @param hop edges crossed
     * @param isProved whether the message is known to be its publisher's own: its proof was good, or the publisher, whose
     *     identity is proved, is the neighbour that sent it
     * @param body without a proof; it may be kept
     */
    void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body);

    /**
     * Tells the application that it will not see these messages; in order with the deliveries of the source.
     *
     * @param source whose messages
     * @param from first missing
     * @param to last missing
     */
    void gap(Source source, long from, long to);

    /**
     * How much the application takes of a topic now: the least of those of its subscriptions that wait for their consumer
     * (BLOCK). Messages cost their body and {@link io.chaski.core.internal.protocol.tree.TreeSettings.Flow#messageBytes}.
     * {@link NodeProtocol#onRoom} follows when it has become more, and when {@link #capacity} changes.
     *
     * @param topic any topic
     * @return 0 or more; {@link Long#MAX_VALUE} if no subscription waits
     */
    default long room(TopicRef topic) {
        return Long.MAX_VALUE;
    }

    /**
     * How much that would be if nothing were queued.
     *
     * @param topic any topic
     * @return 1 or more; {@link Long#MAX_VALUE} if no subscription waits
     */
    default long capacity(TopicRef topic) {
        return Long.MAX_VALUE;
    }

    /**
     * A publish that ended in {@link PublishOutcome.Status#BLOCKED} may be tried again.
     *
     * @param topic of the publish
     */
    default void onPublishable(TopicRef topic) {}

    /**
     * Hands over a best-effort datagram of a peer.
     *
     * @param from who sent it
     * @param payload the message
     */
    void datagramReceived(NodeId from, ArrayPayload payload);

    /**
     * Reports an event.
     *
     * @param event what happened
     */
    void emit(NodeEvent event);

    /** The keys behind proofs of origin; null where nodes have no identities. */
    default @Nullable OriginKeys originKeys() {
        return null;
    }

    /**
     * Has something computed that takes too long for the event loop.
     *
     * @param computation what; whoever starts it counts what it holds until it is finished
     * @return true if it is done already, as in simulators: then the caller finishes it; false if {@link
     *     NodeProtocol#onComputed} follows
     */
    default boolean compute(Computation computation) {
        computation.compute();
        return true;
    }
}
