package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import org.jspecify.annotations.Nullable;

/**
 * Best-effort messages between nodes with identities. What comes is looked at in the order of what it costs: its key, which
 * names the connection and so the peer, wherever the datagram comes from; its number; the limits; only then it is decrypted.
 * Nothing but counters and a limit for forgeries changes before it has proved where it comes from. Confined to the node's
 * event loop.
 */
public final class SealedDatagrams {

    private final EdgeContext context;
    private final EdgeTable edges;
    private final LinkLife links;

    SealedDatagrams(EdgeContext context, EdgeTable edges, LinkLife links) {
        this.context = context;
        this.edges = edges;
        this.links = links;
    }

    /**
     * Seals a message to a peer.
     *
     * @param peer an edge that is up
     * @param message what to send
     * @return null if the peer has given no key, or the key is used up: this is counted
     */
    public @Nullable SealedMessage seal(Peer peer, ArrayPayload message) {
        Edge edge = edges.get(peer.id());
        OutgoingKey key = edge == null ? null : keyTo(edge);
        if (key == null) {
            context.counters().increment("datagram.no-key");
            return null;
        }
        SealedMessage sealed = key.seal(message);
        if (sealed == null) {
            context.counters().increment("datagram.key-used-up");
        }
        return sealed;
    }

    /** That of the current connection; of another one while the key of a new one has not come yet. */
    private static @Nullable OutgoingKey keyTo(Edge edge) {
        LinkKeys current = edge.current().keys;
        if (current != null && current.taken() != null) {
            return current.taken();
        }
        for (Link link : edge.links()) {
            if (link.isUsable() && link.keys != null && link.keys.taken() != null) {
                return link.keys.taken();
            }
        }
        return null;
    }

    /**
     * A sealed message came.
     *
     * @param message from whoever can send packets
     */
    public void receive(SealedMessage message) {
        Link link = links.link((int) (message.key() & LinkTable.NUMBERS - 1));
        LinkKeys keys = link == null ? null : link.keys;
        IncomingKey key = keys == null ? null : keys.find(message.key());
        if (link == null || keys == null || key == null) {
            context.counters().increment("datagram.unknown-key");
            return;
        }
        String objection = key.objectionTo(message.seq());
        if (objection != null) {
            context.counters().increment(objection);
            return;
        }
        Edge edge = link.requireEdge();
        if (!edge.takeDatagram()) {
            context.counters().increment("datagram.edge-over-limit");
        } else if (!keys.mayOpen()) {
            edge.giveDatagramBack();
            context.counters().increment("datagram.forged-over-limit");
        } else {
            open(message, edge, keys, key);
        }
    }

    private void open(SealedMessage message, Edge edge, LinkKeys keys, IncomingKey key) {
        ArrayPayload opened = key.open(message);
        if (opened == null) {
            edge.giveDatagramBack(); // the peer did not send it
            keys.onForged();
            context.counters().increment("datagram.forged");
            return;
        }
        keys.onOpened(key, message.seq());
        if (edge.access().maySendDatagrams()) {
            context.outbox().datagramReceived(edge.id(), opened);
        } else {
            context.counters().increment("access.refused");
        }
    }
}
