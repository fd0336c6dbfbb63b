package io.chaski.core.internal.runtime;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.SignedPolicy;
import io.chaski.core.security.policy.Subject;
import java.util.Optional;

/** Everybody may do everything. */
final class OpenAccess implements NodeAccess {

    @Override
    public Subject self() {
        return Subject.ANONYMOUS;
    }

    @Override
    public Optional<Subject> subject(NodeId node) {
        return Optional.empty();
    }

    @Override
    public AccessRules rules() {
        return AccessRules.OPEN;
    }

    @Override
    public void update(Policy policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void update(SignedPolicy signed) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Decision decide(NodeId node, Action action, String object) {
        return rules().decide(self(), action, object);
    }

    @Override
    public void require(Action action, String object) {}
}
