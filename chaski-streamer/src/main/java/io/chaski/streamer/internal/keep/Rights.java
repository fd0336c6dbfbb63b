package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.NodeAccess;
import java.util.List;

/** Who may do what with durable topics, now. Thread-safe. */
final class Rights {

    private final NodeAccess access;
    private final NodeId self;

    /**
     * Those that policies give.
     *
     * @param self the node that asks
     */
    Rights(NodeAccess access, NodeId self) {
        this.access = access;
        this.self = self;
    }

    /** Whether a node may do something with a topic. */
    boolean may(NodeId who, Action action, String topic) {
        return access.decide(who, action, topic).isAllowed();
    }

    /** Whether this node may. */
    boolean may(Action action, String topic) {
        return may(self, action, topic);
    }

    /**
     * Whether there may be a keeper. Of a node that this one has never had a connection to policies know nothing: it is asked once there
     * is one.
     */
    boolean mayKeep(NodeId who, String topic) {
        return access.subject(who).isEmpty() || may(who, Action.DURABLE_CREATE, topic);
    }

    /** Those of which {@link #mayKeep} is true, in their order. */
    List<NodeId> thoseThatMayKeep(List<NodeId> known, String topic) {
        return access.rules().isOpen()
                ? known
                : known.stream().filter(each -> mayKeep(each, topic)).toList();
    }

    /** Why what a node says on a line to it does not count; empty if it does. */
    String objection(NodeId to, String topic, Role role) {
        if (!may(to, Action.DURABLE_CREATE, topic)) {
            return "you may not keep that";
        }
        return may(role.right(), topic) ? "" : "this node may not do that any more";
    }
}
