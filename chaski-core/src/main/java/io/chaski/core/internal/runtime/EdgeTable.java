package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Edge;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.security.PeerIdentity;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The edges that stand, kept from the node's own events. Written by the loop, read by anybody without waiting. */
final class EdgeTable {

    private final NodeLoop loop;
    private final Pending pending;
    private final Queries queries;
    private final int maxPingBytes;
    private final Runnable datagramRight;

    /** Replaced as a whole: edges change rarely, and readers want one moment. */
    private volatile Map<NodeId, LiveEdge> edges = Map.of();

    /**
     * No edges.
     *
     * @param loop who does what the edges are asked for
     * @param pending their answers
     * @param queries looks at them
     * @param maxPingBytes see {@link #maxPingBytes()}
     * @param datagramRight throws {@code AccessDeniedException} if this node may not send datagrams
     */
    EdgeTable(NodeLoop loop, Pending pending, Queries queries, int maxPingBytes, Runnable datagramRight) {
        this.loop = loop;
        this.pending = pending;
        this.queries = queries;
        this.maxPingBytes = maxPingBytes;
        this.datagramRight = datagramRight;
    }

    NodeLoop loop() {
        return loop;
    }

    Pending pending() {
        return pending;
    }

    Queries queries() {
        return queries;
    }

    void requireDatagrams() {
        datagramRight.run();
    }

    /** The largest filler that fits a frame together with the rest of the ping. */
    int maxPingBytes() {
        return maxPingBytes;
    }

    List<Edge> all() {
        return List.copyOf(edges.values());
    }

    Optional<Edge> find(NodeId peer) {
        return Optional.ofNullable(edges.get(peer));
    }

    /** Follows what happens. Loop only. */
    void onEvent(NodeEvent event) {
        if (event instanceof NodeEvent.EdgeUp up) {
            ofPeer(up.peer()).rename(up.name());
        } else if (event instanceof NodeEvent.EdgeDown down) {
            remove(down.peer());
        }
    }

    /**
     * Who is behind an edge. Loop only.
     *
     * @param peer the other node
     * @param identity what it has proved
     */
    void identify(NodeId peer, PeerIdentity identity) {
        ofPeer(peer).identify(identity);
    }

    /**
     * Connects.
     *
     * @param address where to
     */
    CompletableFuture<Edge> connect(Address address) {
        return pending.ask((protocol, nowNanos, connected) ->
                protocol.connect(address, new Connecting(address, connected, protocol), nowNanos));
    }

    private final class Connecting implements Peers.Reach {
        private final Address address;
        private final Pending.Answer<Edge> connected;
        private final NodeProtocol protocol;

        Connecting(Address address, Pending.Answer<Edge> connected, NodeProtocol protocol) {
            this.address = address;
            this.connected = connected;
            this.protocol = protocol;
        }

        @Override
        public void onReached(Peer peer) {
            connected.succeed(ofPeer(peer.id()));
        }

        @Override
        public void onUnreachable() {
            connected.fail(protocol.connectFailure(address));
        }

        /** What an earlier dial of the address came to says nothing about this one. */
        @Override
        public void onDeferred() {
            connected.fail(new ConnectFailedException(address, DialFailure.OTHER));
        }
    }

    /** The edge of a peer that is up; the event that brings its name may come a moment later. */
    private LiveEdge ofPeer(NodeId peer) {
        LiveEdge known = edges.get(peer);
        if (known != null) {
            return known;
        }
        LiveEdge added = new LiveEdge(peer, peer.shortForm(), this);
        Map<NodeId, LiveEdge> more = new LinkedHashMap<>(edges);
        more.put(peer, added);
        edges = Collections.unmodifiableMap(more);
        return added;
    }

    private void remove(NodeId peer) {
        LiveEdge gone = edges.get(peer);
        if (gone != null) {
            gone.onDown();
            Map<NodeId, LiveEdge> fewer = new LinkedHashMap<>(edges);
            fewer.remove(peer);
            edges = Collections.unmodifiableMap(fewer);
        }
    }

    /** All edges are down: the node has closed. */
    void closeAll() {
        edges.values().forEach(LiveEdge::onDown);
        edges = Map.of();
    }
}
