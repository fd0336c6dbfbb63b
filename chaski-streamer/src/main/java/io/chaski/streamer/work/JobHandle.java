package io.chaski.streamer.work;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One job, as its submitter sees it. Thread-safe. {@link #state()} and {@link #cancel()} wait for the queue's own thread, and where the
 * queue has a directory, for its disk: they must not be called where waiting is forbidden.
 *
 * @param <R> type of the results
 */
public interface JobHandle<R extends @Nullable Object> {

    /** Finds the job again, with {@link WorkQueue#job}, also after a restart if the queue has a directory. */
    UUID id();

    /**
     * Where the job is now; of one that the queue has forgotten since, what its result says: {@link JobState#DONE}, {@link JobState#DEAD}
     * or {@link JobState#CANCELLED}.
     *
     * @throws IllegalStateException if the queue is closed, or called on an event loop
     */
    JobState state();

    /**
     * Completes with the result, once that is kept; or with {@link JobFailedException}, when the job is a dead letter or the
     * queue is closed; with {@link java.util.concurrent.CancellationException} when it is cancelled; or with
     * {@link io.chaski.core.codec.CodecException}, or whatever else the codec throws, if the result is no such object. Completing or cancelling the future changes
     * nothing for the job; all handles of it share the future. Dependents run on the callback executor.
     */
    CompletableFuture<R> result();

    /**
     * Takes the job back. A worker that has it is told to stop; what it says afterwards is ignored.
     *
     * @return false if it has ended before
     * @throws IllegalStateException if the queue is closed, or called on an event loop
     */
    boolean cancel();
}
