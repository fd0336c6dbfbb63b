package io.chaski.remote.internal.serve;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.core.security.policy.Subject;
import io.chaski.remote.internal.wire.CallbackName;
import java.util.Optional;

/** Those of a node: the one way from here to {@link ChaskiNode#access()}. Thread-safe. */
final class NodeCallRights implements CallRights {

    private final ChaskiNode node;

    NodeCallRights(ChaskiNode node) {
        this.node = node;
    }

    @Override
    public Optional<String> refusalToCall(NodeId caller, String service, String method) {
        return refusal(caller, Action.RPC_CALL, service, service + "/" + method);
    }

    @Override
    public Optional<String> ownRefusalToCall(String service, String method) {
        return refusalToCall(node.id(), service, method);
    }

    @Override
    public Optional<String> refusalToServe(NodeId provider, String service) {
        return refusal(provider, Action.RPC_SERVE, service, service);
    }

    private Optional<String> refusal(NodeId who, Action action, String service, String object) {
        if (node.access().rules().isOpen() || CallbackName.isCallback(service)) {
            return Optional.empty();
        }
        Decision decision = node.access().decide(who, action, object);
        return decision.isAllowed() ? Optional.empty() : Optional.of(decision.sentence());
    }

    @Override
    public Optional<Subject> identity(NodeId caller) {
        return node.access().subject(caller).filter(subject -> !subject.equals(Subject.ANONYMOUS));
    }
}
