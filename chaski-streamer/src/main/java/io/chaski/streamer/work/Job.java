package io.chaski.streamer.work;

import io.chaski.core.NodeId;
import java.util.Objects;
import java.util.UUID;

/**
 * A job as its worker gets it. Immutable as far as its payload is.
 *
 * @param id the same in every attempt: what a worker compares that must not do something twice
 * @param payload what was submitted
 * @param attempt 1 in the first one; above that, an earlier one has failed, or its worker was lost and may have done the work
 * @param submitter the node that the result goes to
 * @param <J> type of the jobs
 */
public record Job<J>(UUID id, J payload, int attempt, NodeId submitter) {

    /** Checks the range. */
    public Job {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(submitter, "submitter");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be 1 or more: " + attempt);
        }
    }

    /** Prints which job it is, never what it says: payloads do not belong into logs. */
    @Override
    public String toString() {
        return "Job[" + id + ", attempt " + attempt + "]";
    }
}
