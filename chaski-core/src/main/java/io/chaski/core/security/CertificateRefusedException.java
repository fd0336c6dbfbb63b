package io.chaski.core.security;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A certificate chain, or a revocation list, is not believed: {@link #problem()} says why. Nobody was let in. */
public final class CertificateRefusedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final CertificateProblem problem;

    /**
     * A chain that was refused.
     *
     * @param problem why; its name is also the {@link #reason()}
     * @param detail a short sentence, without text of the peer
     */
    public CertificateRefusedException(CertificateProblem problem, String detail) {
        this(problem, detail, null);
    }

    /**
     * A chain that was refused.
     *
     * @param problem why; its name is also the {@link #reason()}
     * @param detail a short sentence, without text of the peer
     * @param cause what led to it, if another exception did
     */
    public CertificateRefusedException(CertificateProblem problem, String detail, @Nullable Throwable cause) {
        super(problem.name(), problem + ": " + detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** Why. */
    public CertificateProblem problem() {
        return problem;
    }
}
