package io.chaski.remote.internal.fake;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Subject;
import io.chaski.remote.internal.serve.CallRights;
import java.util.Optional;

/** Everybody may call and serve everything, and nobody proves anything. */
public class NoPolicies implements CallRights {

    @Override
    public Optional<String> refusalToCall(NodeId caller, String service, String method) {
        return Optional.empty();
    }

    @Override
    public Optional<String> ownRefusalToCall(String service, String method) {
        return Optional.empty();
    }

    @Override
    public Optional<String> refusalToServe(NodeId provider, String service) {
        return Optional.empty();
    }

    @Override
    public Optional<Subject> identity(NodeId caller) {
        return Optional.empty();
    }
}
