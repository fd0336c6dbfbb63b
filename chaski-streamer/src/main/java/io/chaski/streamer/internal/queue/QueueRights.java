package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Action;

/**
 * Who may submit to a queue and work on it, by the policies that are in force at the moment: they may change at any time. Thread-safe.
 *
 * @param node whose policies count
 * @param protocol of the queue, which policies name
 */
record QueueRights(ChaskiNode node, String protocol) {

    /**
     * Asks for this node itself.
     *
     * @throws AccessDeniedException if it may not submit
     */
    void requireToSubmit() {
        node.access().require(Action.RPC_CALL, protocol);
    }

    boolean maySubmit(NodeId who) {
        return may(who, Action.RPC_CALL);
    }

    boolean mayWork(NodeId who) {
        return may(who, Action.RPC_SERVE);
    }

    private boolean may(NodeId who, Action action) {
        return node.access().rules().isOpen()
                || node.access().decide(who, action, protocol).isAllowed();
    }
}
