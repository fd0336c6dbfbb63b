package io.chaski.ca;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * No certificate was given, or what was asked for could not be recorded and has not happened: {@link #problem()} says why. A
 * token that was not used can be used again.
 */
public final class EnrolmentException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final EnrolmentProblem problem;
    private final Duration retryAfter;

    /**
     * A request that was refused.
     *
     * @param problem why; its name is also the {@link #reason()}
     * @param detail a short sentence for the log of the authority, without text of the peer
     */
    public EnrolmentException(EnrolmentProblem problem, String detail) {
        this(problem, detail, Duration.ZERO, null);
    }

    /**
     * A request that was refused for now.
     *
     * @param problem why; its name is also the {@link #reason()}
     * @param detail a short sentence for the log of the authority, without text of the peer
     * @param retryAfter when to try again; zero if nothing is known
     */
    public EnrolmentException(EnrolmentProblem problem, String detail, Duration retryAfter) {
        this(problem, detail, retryAfter, null);
    }

    /**
     * A request that was refused.
     *
     * @param problem why; its name is also the {@link #reason()}
     * @param detail a short sentence for the log of the authority, without text of the peer
     * @param cause what led to it, if another exception did
     */
    public EnrolmentException(EnrolmentProblem problem, String detail, @Nullable Throwable cause) {
        this(problem, detail, Duration.ZERO, cause);
    }

    private EnrolmentException(
            EnrolmentProblem problem, String detail, Duration retryAfter, @Nullable Throwable cause) {
        super(problem.name(), problem + ": " + detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** Why. */
    public EnrolmentProblem problem() {
        return problem;
    }

    /** When it is worth while to try again, as the authority has said; zero if it has said nothing. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
