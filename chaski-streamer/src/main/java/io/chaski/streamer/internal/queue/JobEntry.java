package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import io.chaski.streamer.work.JobFailedException.Problem;
import io.chaski.streamer.work.JobState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job in the ledger. Changed by the ledger only, and confined to whoever has that. */
final class JobEntry {

    /** The moment that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    final UUID id;
    final int priority;

    /**
     * Among all jobs of the queue, no two of which have the same: in the order of submission those that have not ended, in the order of
     * their ends those that have.
     */
    long sequence;

    /** How long an attempt may take in milliseconds; 0 for as long as it takes. */
    final long timeoutMillis;

    final int maxAttempts;

    /** What was submitted; nothing any more once the job is done or cancelled. */
    byte[] payload;

    JobState state = JobState.WAITING;

    /** Running, but the connection to its worker has ended, or has not been there since the queue was opened. */
    boolean isLost;

    /** When something is to happen: it may begin, it takes too long, its worker is given up, it is forgotten. */
    long dueAtMillis;

    /** Attempts that count, the one under way included. */
    int attempts;

    /** Number of the latest assignment: each has another one, also those that a worker had no room for. */
    int assignment;

    /** Who has it, or had it last; nobody at first. */
    @Nullable
    NodeId worker;

    /** When the attempt under way takes too long. */
    long timeoutAtMillis = NEVER;

    /** Once it is done. */
    byte @Nullable [] result;

    /** Of the last attempt that has failed. */
    @Nullable
    Problem problem;

    String detail = "";

    JobEntry(UUID id, int priority, long sequence, long timeoutMillis, int maxAttempts, byte[] payload) {
        this.id = id;
        this.priority = priority;
        this.sequence = sequence;
        this.timeoutMillis = timeoutMillis;
        this.maxAttempts = maxAttempts;
        this.payload = payload;
    }

    /** The same job in another ledger: dead as it was, or as if it had not been tried yet. */
    JobEntry again(long place) {
        JobEntry job = new JobEntry(id, priority, place, timeoutMillis, maxAttempts, payload);
        if (state == JobState.DEAD) {
            job.state = state;
            job.attempts = attempts;
            job.problem = problem;
            job.detail = detail;
        } else if (state == JobState.WAITING) {
            job.dueAtMillis = dueAtMillis;
        }
        return job;
    }

    boolean isAssignedTo(NodeId peer, int number) {
        return assignment == number && peer.equals(worker);
    }

    /** It waits, runs, or is a dead letter: to lose it would be a loss. */
    boolean isLeft() {
        return state != JobState.DONE && state != JobState.CANCELLED;
    }

    /** What it takes of the room for whatever it is now. */
    long bytes() {
        return payload.length + (result == null ? 0L : result.length);
    }
}
