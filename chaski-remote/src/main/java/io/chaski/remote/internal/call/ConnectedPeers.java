package io.chaski.remote.internal.call;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.remote.CallOptions;
import java.util.List;

/**
 * Whoever is connected, in the order the connections came up: each says itself whether it serves what is called. Thread-safe.
 */
public final class ConnectedPeers implements Providers {

    private final ChaskiNode node;

    /**
     * The peers of a node.
     *
     * @param node which calls
     */
    public ConnectedPeers(ChaskiNode node) {
        this.node = node;
    }

    @Override
    public List<NodeId> candidates(String service, String signatureHash, CallOptions options) {
        return node.edges().stream().map(Edge::peer).toList();
    }
}
