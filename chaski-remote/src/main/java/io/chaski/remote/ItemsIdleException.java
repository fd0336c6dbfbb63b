package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;

/**
 * The implementation has waited for items of the caller for longer than {@link RemoteOptions#itemIdle()} of its node, none came, and the
 * call was ended there, because it held a thread. What the implementation did before is unknown. A caller whose items come seldom
 * asks the owner of that node for a longer time, or for an implementation that takes a {@code Flow.Publisher} and returns at once.
 */
public final class ItemsIdleException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A call whose items did not come.
     *
     * @param peer the other side
     * @param detail a short sentence
     */
    public ItemsIdleException(NodeId peer, String detail) {
        super("ITEMS_IDLE", detail, peer, Execution.UNKNOWN);
    }
}
