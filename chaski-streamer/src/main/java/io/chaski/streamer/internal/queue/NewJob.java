package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.WorkQueueOptions;
import java.time.Duration;
import java.util.UUID;

/** A job to be submitted, in the units of the ledger. */
final class NewJob {

    private final UUID id;
    private final byte[] payload;
    private final JobOptions options;
    private final int attempts;

    NewJob(UUID id, byte[] payload, JobOptions options, WorkQueueOptions queue) {
        this.id = id;
        this.payload = payload;
        this.options = options;
        this.attempts = options.attempts().orElse(queue.attempts());
    }

    UUID id() {
        return id;
    }

    byte[] payload() {
        return payload;
    }

    long delayMillis() {
        return options.delay().toMillis();
    }

    /** The job as it begins, with its place among the others. */
    JobEntry entry(long sequence) {
        long timeoutMillis = options.timeout().map(Duration::toMillis).orElse(0L); // 0 for as long as it takes
        return new JobEntry(id, options.priority(), sequence, timeoutMillis, attempts, payload);
    }
}
