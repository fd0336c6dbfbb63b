package io.chaski.streamer.internal.queue;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of an attempt, as it is told and kept until it is acknowledged. Immutable. */
final class TaskOutcome {

    private final byte @Nullable [] result;
    private final AttemptFailure failure;
    private final String detail;

    private TaskOutcome(byte @Nullable [] result, AttemptFailure failure, String detail) {
        this.result = result;
        this.failure = failure;
        this.detail = detail;
    }

    static TaskOutcome done(byte[] result) {
        return new TaskOutcome(result, AttemptFailure.THROWN, "");
    }

    static TaskOutcome failed(AttemptFailure failure, String detail) {
        return new TaskOutcome(null, failure, QueueFrames.shortened(detail));
    }

    boolean isDone() {
        return result != null;
    }

    long bytes() {
        return result == null ? detail.getBytes(StandardCharsets.UTF_8).length : result.length;
    }

    void tell(ToSubmitter submitter, UUID job, int assignment) {
        if (result == null) {
            submitter.onFailed(job, assignment, failure, detail);
        } else {
            submitter.onDone(job, assignment, result);
        }
    }
}
