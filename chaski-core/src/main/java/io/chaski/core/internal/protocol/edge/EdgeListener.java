package io.chaski.core.internal.protocol.edge;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.Peer;
import java.util.List;

/** Hears what happens to edges, in the order in which it happens. Confined to the node's event loop. */
public interface EdgeListener {

    /**
     * An edge is up.
     *
     * @param peer the new peer
     */
    void onPeerUp(Peer peer);

    /**
     * An edge is down; the peer takes nothing any more.
     *
     * @param peer who is gone
     * @param reason why
     */
    void onPeerDown(Peer peer, CloseReason reason);

    /**
     * A peer has begun or ceased to subscribe to topics; {@link Peer#maySubscribe} says what it does now.
     *
     * @param peer who
     * @param topicHashes hashes of the topics' names, each once
     */
    void onSubscriptionsChanged(Peer peer, List<Long> topicHashes);

    /**
     * The edge takes more bytes now, or does not.
     *
     * @param peer which edge
     */
    void onWritability(Peer peer);

    /**
     * The connection that carried a stream is gone while the edge goes on over another.
     *
     * @param peer the edge
     * @param stream id of the stream
     */
    void onStreamLost(Peer peer, long stream);

    /**
     * Hash over all topic links on this edge as this node sees them.
     *
     * @param peer the edge
     */
    long linkHash(Peer peer);

    /**
     * The two ends have disagreed about their topic links for longer than a frame may take.
     *
     * @param peer the edge
     */
    void onAsymmetry(Peer peer);
}
