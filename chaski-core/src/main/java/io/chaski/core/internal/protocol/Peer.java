package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.policy.Subject;
import org.jspecify.annotations.Nullable;

/**
 * A node at the other end of an edge that is up. The object stays the same while the edge stands, whatever happens
 * to the connections below it; after the edge is down it is never up again and sending does nothing. Confined to the
 * node's event loop.
 */
public interface Peer {

    /** Its id. */
    NodeId id();

    /** Who it has proved to be on its newest connection; null where nodes have no identities. */
    default @Nullable PeerIdentity identity() {
        return null;
    }

    /** Who asks for its rights: its identity, or nobody. */
    default Subject subject() {
        return Subject.of(identity());
    }

    /**
     * Whether it may be sent messages of a topic.
     *
     * @param topic any topic
     */
    default boolean mayReceive(TopicRef topic) {
        return true;
    }

    /**
     * Whether it may have a link in the tree of a topic, to receive, to publish or to pass on.
     *
     * @param topic any topic
     */
    default boolean mayLink(TopicRef topic) {
        return true;
    }

    /**
     * Whether it may open streams of a protocol.
     *
     * @param protocol name of the protocol
     */
    default boolean mayOpen(String protocol) {
        return true;
    }

    /**
     * Whether it has announced that it subscribes to a topic, and may not.
     *
     * @param topic any topic
     */
    default boolean isDenied(TopicRef topic) {
        return false;
    }

    /** Whether it checks proofs of origin: signed messages are not for others. */
    default boolean checksProofs() {
        return true;
    }

    /**
     * The chain that a proof from this peer names; null if it has not announced it lately.
     *
     * @param hash of the chain
     */
    default @Nullable ArrayPayload chainOf(ChainHash hash) {
        return null;
    }

    /** Its own words about itself, as of its HELLO and later announcements. */
    Descriptor descriptor();

    /** Whether this node dialled it (and not the other way round). */
    boolean isOutbound();

    /** Where the connection leads. */
    Address remoteAddress();

    /** Whether the edge still stands. */
    boolean isUp();

    /**
     * Whether this node is full and the edge stands for a moment only: the peer is to hear of others, and no link is
     * made with it. False once there is room.
     */
    boolean isVisitor();

    /** Whether its connection takes more bytes without queueing beyond the high-water mark. */
    boolean isWritable();

    /** Smoothed round-trip time in nanoseconds (RFC 6298), 0 before the first measurement. */
    long rttNanos();

    /** Whether it subscribes to the topic, as far as it has announced, and may. */
    boolean maySubscribe(TopicRef topic);

    /**
     * Our alias for the topic on this edge, announced first when it is new.
     *
     * @param topic any topic
     */
    int alias(TopicRef topic);

    /**
     * Our alias for the source on this edge, announced first when it is new.
     *
     * @param source any source
     */
    int alias(Source source);

    /**
     * Our alias for the name of a stream protocol on this edge, announced first when it is new.
     *
     * @param protocol 1 to 255 bytes of UTF-8
     */
    int alias(String protocol);

    /**
     * What the peer's alias for a stream protocol stands for; null if it was refused or never announced.
     *
     * @param alias as in a frame of the peer
     */
    @Nullable
    String protocolOf(int alias);

    /**
     * What the peer's alias stands for; null if it was refused or never announced.
     *
     * @param alias as in a frame of the peer
     */
    @Nullable
    TopicRef topicOf(int alias);

    /**
     * What the peer's alias stands for; null if it was refused or never announced.
     *
     * @param alias as in a frame of the peer
     */
    @Nullable
    Source sourceOf(int alias);

    /** Whether the edge has never had a second connection, so that all frames of the peer have come in the order it sent them. */
    boolean hasOneConnection();

    /**
     * Sends a frame whose aliases are ours.
     *
     * @param frame what to send
     */
    void send(Frame frame);

    /**
     * Sends a message.
     *
     * @param source whose message
     * @param seq its number
     * @param hop hop it will have at the peer
     * @param hopLimit largest hop at which it may be delivered
     * @param flags as in {@link io.chaski.core.internal.wire.DataHandler#onData}
     * @param body envelope and payload
     */
    void sendData(Source source, long seq, int hop, int hopLimit, int flags, ArrayPayload body);

    /**
     * Keeps the edge open while somebody uses it. Edges that nobody holds are closed after a while.
     *
     * @param holder who; the same object releases it
     */
    void hold(Object holder);

    /**
     * Ends what {@link #hold} began.
     *
     * @param holder as given to {@link #hold}
     */
    void release(Object holder);

    /** How many hold the edge now. */
    int holders();

    /**
     * Ends the edge as one that nobody uses, before its time. Only for an edge that this node dialled and nobody holds: what the
     * other end has opened on it by then, it takes for unseen here.
     */
    void endAsIdle();

    /**
     * A link over this edge has come or gone, or has another generation: what PING says of them is computed anew. Every
     * change has to be told, or the other end takes the links for half open; a call too many costs little.
     */
    void linksChanged();

    /**
     * Counts a broken rule that does not warrant closing the edge.
     *
     * @param what short name of the rule, for the counters
     */
    void misbehaved(String what);
}
