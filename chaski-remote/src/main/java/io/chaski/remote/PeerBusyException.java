package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Too many calls are under way, here or at the other side, or too many connections stand or are being made for them. It was not
 * executed, and has been repeated as often as the options allow.
 */
public final class PeerBusyException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A call for which there was no room.
     *
     * @param peer who was called, null if nobody yet
     * @param detail a short sentence
     */
    public PeerBusyException(@Nullable NodeId peer, String detail) {
        super("BUSY", detail, peer, Execution.NOT_EXECUTED);
    }
}
