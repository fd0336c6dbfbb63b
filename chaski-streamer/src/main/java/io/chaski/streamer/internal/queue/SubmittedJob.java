package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.JobFailedException;
import io.chaski.streamer.work.JobHandle;
import io.chaski.streamer.work.JobState;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A job and who waits for it. Thread-safe. */
final class SubmittedJob<J, R extends @Nullable Object> implements JobHandle<R> {

    private final Submitting<J, R> submitting;
    private final QueueParts<J, R> parts;
    private final UUID id;
    private final CompletableFuture<R> result;

    SubmittedJob(Submitting<J, R> submitting, QueueParts<J, R> parts, UUID id, CompletableFuture<R> result) {
        this.submitting = submitting;
        this.parts = parts;
        this.id = id;
        this.result = result;
    }

    @Override
    public UUID id() {
        return id;
    }

    @Override
    public JobState state() {
        return parts.ask(() -> submitting.state(id)).orElseGet(this::told);
    }

    /** As {@link #state}, however often the caller is interrupted. */
    JobState statePatiently() {
        return parts.askPatiently(() -> submitting.state(id)).orElseGet(this::told);
    }

    /** By the result: a failed codec does not make it a failed job. */
    private JobState told() {
        if (result.isCancelled()) {
            return JobState.CANCELLED;
        }
        boolean isDead = result.handle((value, failure) -> failure instanceof JobFailedException)
                .getNow(false);
        return isDead ? JobState.DEAD : JobState.DONE;
    }

    @Override
    public CompletableFuture<R> result() {
        return result;
    }

    @Override
    public boolean cancel() {
        return parts.ask(() -> submitting.cancel(id));
    }

    /** As {@link #cancel}, however often the caller is interrupted. */
    boolean cancelPatiently() {
        return parts.askPatiently(() -> submitting.cancel(id));
    }

    @Override
    public String toString() {
        return parts.type().name() + " " + id;
    }
}
