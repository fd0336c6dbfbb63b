package io.chaski.streamer.work;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;

/** A job was not taken: the queue has no room for it, and nothing has changed. */
public final class JobRefusedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** What there is no room for. The names are stable. */
    public enum Problem {
        /** As many jobs as the queue may hold are not done yet. */
        TOO_MANY_JOBS,
        /** The jobs that are not done yet have as many bytes as the queue may hold. */
        TOO_MANY_BYTES,
        /** The free space of the disk is kept for other programs. */
        DISK_FULL
    }

    /**
     * Describes a refusal.
     *
     * @param problem why
     * @param detail a short sentence
     */
    public JobRefusedException(Problem problem, String detail) {
        super(Objects.requireNonNull(problem, "problem").name(), problem + ": " + detail, null);
        this.problem = problem;
    }

    /** What there is no room for. */
    public Problem problem() {
        return problem;
    }
}
