package io.chaski.core;

import java.io.Serial;

/** The edge is gone. Whether the peer saw what was sent last is unknown. */
public final class EdgeClosedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient NodeId peer;

    /**
     * An edge that is gone.
     *
     * @param peer who was at its other end
     * @param attempt what could not be done, such as "ping"
     */
    public EdgeClosedException(NodeId peer, String attempt) {
        super("EDGE_CLOSED", "the edge to " + peer.shortForm() + " is closed: " + attempt, null);
        this.peer = peer;
    }

    /** Who was at its other end. */
    public NodeId peer() {
        return peer;
    }
}
