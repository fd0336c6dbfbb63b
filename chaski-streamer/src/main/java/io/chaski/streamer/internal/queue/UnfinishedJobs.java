package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.JobRefusedException;
import io.chaski.streamer.work.JobRefusedException.Problem;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.function.Supplier;

/** How many jobs have not ended, and how many there may be. Confined to the ledger. */
final class UnfinishedJobs {

    private final WorkQueueOptions options;
    private int jobs;
    private long bytes;

    UnfinishedJobs(WorkQueueOptions options) {
        this.options = options;
    }

    void add(JobEntry job) {
        jobs++;
        bytes += job.payload.length;
    }

    void remove(JobEntry job) {
        jobs--;
        bytes -= job.payload.length;
    }

    int count() {
        return jobs;
    }

    long bytes() {
        return bytes;
    }

    /**
     * Looks whether there is room for one more.
     *
     * @param hasDisk whether the disk takes it
     * @throws JobRefusedException if there is none
     */
    void checkRoom(int moreBytes, Supplier<Boolean> hasDisk) {
        if (jobs >= options.maxJobs()) {
            throw new JobRefusedException(Problem.TOO_MANY_JOBS, "at most " + options.maxJobs() + " wait or run");
        }
        if (bytes + moreBytes > options.maxBytes()) {
            throw new JobRefusedException(
                    Problem.TOO_MANY_BYTES, "jobs that wait or run have at most " + options.maxBytes() + " bytes");
        }
        if (!hasDisk.get()) {
            throw new JobRefusedException(Problem.DISK_FULL, "the free space of the disk is kept for other programs");
        }
    }
}
