package io.chaski.core.security.policy;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A signed policy is not taken: {@link #problem()} says why. What was in force before stays so. */
public final class PolicyRefusedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** Why a signed policy is not taken. Its certificates may be refused besides, and its text be no policy. */
    public enum Problem {
        /** Not the bytes of a signed policy. */
        MALFORMED,
        /** Signed by a node: only authorities and administrators sign policies. */
        SIGNER,
        /** The signature is not that of the certificate's key over this text. */
        SIGNATURE,
        /** It names no trust domain, or another one than its signer's. */
        DOMAIN,
        /** It has not begun, or has expired. */
        NOT_IN_FORCE,
        /** A later version is known: whoever offers this one wants something forgotten. */
        ROLLBACK,
        /** The same version is known with another text. */
        CONFLICT
    }

    /**
     * A policy that is not taken.
     *
     * @param problem why
     * @param detail a short sentence, without text of the policy
     */
    public PolicyRefusedException(Problem problem, String detail) {
        this(problem, detail, null);
    }

    PolicyRefusedException(Problem problem, String detail, @Nullable Throwable cause) {
        super("POLICY_" + problem.name(), "policy refused, " + problem + ": " + detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** Why. */
    public Problem problem() {
        return problem;
    }
}
