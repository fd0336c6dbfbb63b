package io.chaski.core;

import java.io.Serial;

/** The node is closed or closing. What was asked has not been done. */
public final class NodeClosedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A node that is closed.
     *
     * @param node its label
     */
    public NodeClosedException(String node) {
        super("NODE_CLOSED", "node " + node + " is closed", null);
    }
}
