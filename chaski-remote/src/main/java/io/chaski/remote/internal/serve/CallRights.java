package io.chaski.remote.internal.serve;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.remote.internal.wire.CallbackName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What policies say of calls: the one way from here to {@link ChaskiNode#access()}. Callbacks come along with the call that
 * passes them. Answers from memory. Thread-safe.
 */
public final class CallRights {

    /** Everybody may call and serve everything. */
    public static final CallRights ALL = new CallRights(null);

    private final @Nullable ChaskiNode node;

    private CallRights(@Nullable ChaskiNode node) {
        this.node = node;
    }

    /**
     * Asks the policies of a node.
     *
     * @param node whose
     */
    public static CallRights of(ChaskiNode node) {
        return new CallRights(node);
    }

    /**
     * Why a node may not call a method; empty if it may.
     *
     * @param caller which node
     * @param service its name
     * @param method its name
     */
    public Optional<String> refusalToCall(NodeId caller, String service, String method) {
        return node == null
                ? Optional.empty()
                : refusal(node, caller, Action.RPC_CALL, service, service + "/" + method);
    }

    /**
     * Why this node may not call a method; empty if it may.
     *
     * @param service its name
     * @param method its name
     */
    public Optional<String> ownRefusalToCall(String service, String method) {
        return node == null ? Optional.empty() : refusalToCall(node.id(), service, method);
    }

    /**
     * Why a node may not serve; empty if it may.
     *
     * @param provider which node
     * @param service its name
     */
    public Optional<String> refusalToServe(NodeId provider, String service) {
        return node == null ? Optional.empty() : refusal(node, provider, Action.RPC_SERVE, service, service);
    }

    private static Optional<String> refusal(ChaskiNode node, NodeId who, Action action, String service, String object) {
        if (node.access().rules().isOpen() || CallbackName.isCallback(service)) {
            return Optional.empty();
        }
        Decision decision = node.access().decide(who, action, object);
        return decision.isAllowed() ? Optional.empty() : Optional.of(decision.sentence());
    }
}
