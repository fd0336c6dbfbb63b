package io.chaski.core;

import io.chaski.core.security.policy.AccessPolicy;
import io.chaski.core.security.policy.Policy;
import java.util.Objects;
import java.util.Optional;

/**
 * Whose rules a node follows at its start. Immutable.
 *
 * @param policy what the authority says; if empty, {@link Policy#members()} for a node with an identity, and no rules for one
 *     without
 * @param own what this node restricts besides
 * @param application what the application restricts besides
 */
public record AccessOptions(Optional<Policy> policy, Optional<Policy> own, Optional<AccessPolicy> application) {

    /** No policies. */
    public static final AccessOptions DEFAULTS =
            new AccessOptions(Optional.empty(), Optional.empty(), Optional.empty());

    /** Checks that nothing is missing. */
    public AccessOptions {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(own, "own");
        Objects.requireNonNull(application, "application");
    }
}
