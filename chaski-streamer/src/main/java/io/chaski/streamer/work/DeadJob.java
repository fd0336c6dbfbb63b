package io.chaski.streamer.work;

import io.chaski.streamer.work.JobFailedException.Problem;
import java.util.Objects;
import java.util.UUID;

/**
 * A job that nobody tries again by itself: {@link WorkQueue#resubmit} does, {@link WorkQueue#discard} forgets it. Immutable as far
 * as its payload is.
 *
 * @param id of the job
 * @param payload what was submitted
 * @param attempts how often it was tried
 * @param problem why the last attempt failed
 * @param detail what its worker said about that, at most 1,000 characters, words of a peer
 * @param <J> type of the jobs
 */
public record DeadJob<J>(UUID id, J payload, int attempts, Problem problem, String detail) {

    /** Checks that nothing is missing. */
    public DeadJob {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(detail, "detail");
    }

    /** Prints which job it is, never what it says. */
    @Override
    public String toString() {
        return "DeadJob[" + id + ", " + problem + " after " + attempts + "]";
    }
}
