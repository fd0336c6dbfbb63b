package io.chaski.core.security;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A set of roots is not taken: {@link #problem()} says why. Whoever was trusted before stays so. */
public final class BundleRefusedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** Why a set of roots is not taken. The certificates of its signer may be refused besides. */
    public enum Problem {
        /** Not the bytes of a signed set of roots. */
        MALFORMED,
        /** Something in it is no root, or comes twice. */
        ROOTS,
        /** Signed by a node, or by a root itself: only issuing authorities sign it. */
        SIGNER,
        /** The signature is not that of the certificate's key over this set. */
        SIGNATURE,
        /** For another trust domain. */
        DOMAIN,
        /** One with a higher number is known: whoever offers this one wants something forgotten. */
        ROLLBACK,
        /** Another set is known with the same number. */
        CONFLICT,
        /** No root of it leads to this node's own certificate: with it the node would shut itself out. */
        OWN_ROOT
    }

    /**
     * A set of roots that is not taken.
     *
     * @param problem why
     * @param detail a short sentence, without text of the peer
     */
    public BundleRefusedException(Problem problem, String detail) {
        this(problem, detail, null);
    }

    BundleRefusedException(Problem problem, String detail, @Nullable Throwable cause) {
        super("BUNDLE_" + problem.name(), "set of roots refused, " + problem + ": " + detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** Why. */
    public Problem problem() {
        return problem;
    }
}
