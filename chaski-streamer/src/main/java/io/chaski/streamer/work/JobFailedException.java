package io.chaski.streamer.work;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;

/** A job has no result. {@link #problem()} says why; unless the queue was closed, the job is a dead letter. */
public final class JobFailedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** Why there is no result. The names are stable. */
    public enum Problem {
        /** The handler threw an exception in the last attempt. */
        HANDLER_FAILED,
        /** The handler said that another attempt is no use. */
        DO_NOT_RETRY,
        /** The last attempt took longer than the job's time-out. */
        TIMED_OUT,
        /** The worker of the last attempt died or could not be reached; it may have done the work. */
        WORKER_LOST,
        /** The worker could not read the job: it expects another type. */
        UNREADABLE_JOB,
        /** The worker has done the work, and its result is larger than the queue keeps. */
        RESULT_TOO_LARGE,
        /** The queue was closed before. A queue with a directory goes on when it is opened again. */
        QUEUE_CLOSED
    }

    /**
     * Describes the end of a job.
     *
     * @param problem why
     * @param detail a short sentence
     */
    public JobFailedException(Problem problem, String detail) {
        super(Objects.requireNonNull(problem, "problem").name(), problem + ": " + detail, null);
        this.problem = problem;
    }

    /** Why there is no result. */
    public Problem problem() {
        return problem;
    }
}
