package io.chaski.core.security.policy;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;

/**
 * This node may not do what it was asked to: {@link #decision()} says who, what, with what, and why. Nothing was sent. A policy
 * that is distributed may allow it later.
 */
public final class AccessDeniedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Decision decision;

    /**
     * A decision that was a no.
     *
     * @param decision which
     */
    public AccessDeniedException(Decision decision) {
        super("ACCESS_DENIED", decision.sentence(), null);
        this.decision = Objects.requireNonNull(decision, "decision");
    }

    /** Who wanted what, and which rule says no. */
    public Decision decision() {
        return decision;
    }
}
