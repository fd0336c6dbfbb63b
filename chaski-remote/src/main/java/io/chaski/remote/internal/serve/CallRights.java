package io.chaski.remote.internal.serve;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Subject;
import java.util.Optional;

/** What policies say of calls, and who calls. Answers from memory. Thread-safe. */
public interface CallRights {

    /**
     * Asks the policies of a node. Callbacks come along with the call that passes them.
     *
     * @param node whose
     */
    static CallRights of(ChaskiNode node) {
        return new NodeCallRights(node);
    }

    /**
     * Why a node may not call a method; empty if it may.
     *
     * @param caller which node
     * @param service its name
     * @param method its name
     */
    Optional<String> refusalToCall(NodeId caller, String service, String method);

    /**
     * Why this node may not call a method; empty if it may.
     *
     * @param service its name
     * @param method its name
     */
    Optional<String> ownRefusalToCall(String service, String method);

    /**
     * Why a node may not serve; empty if it may.
     *
     * @param provider which node
     * @param service its name
     */
    Optional<String> refusalToServe(NodeId provider, String service);

    /**
     * Who a caller has proved to be; empty if it has proved nothing.
     *
     * @param caller which node
     */
    Optional<Subject> identity(NodeId caller);
}
