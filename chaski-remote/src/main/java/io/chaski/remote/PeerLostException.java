package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;

/** The connection to the peer ended during the call, or the peer gave it up. Whether the method was executed is unknown: repeat the call only if that does no harm. */
public final class PeerLostException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A peer that was lost.
     *
     * @param peer who was called
     * @param detail a short sentence
     */
    public PeerLostException(NodeId peer, String detail) {
        super("PEER_LOST", detail, peer, Execution.UNKNOWN);
    }
}
