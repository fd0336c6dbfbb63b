package io.chaski.streamer.internal.queue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Jobs that have ended, in that order; of more than there is room for, the oldest go. Confined to the ledger. */
final class KeptJobs {

    private final int most;
    private final long mostBytes;
    private final Map<UUID, JobEntry> jobs = new LinkedHashMap<>();
    private long bytes;

    KeptJobs(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    void add(JobEntry job) {
        jobs.put(job.id, job);
        bytes += job.bytes();
    }

    void remove(JobEntry job) {
        if (jobs.remove(job.id) != null) {
            bytes -= job.bytes();
        }
    }

    /** The oldest, if there are too many. */
    Optional<JobEntry> surplus() {
        boolean isTooMuch = jobs.size() > most || bytes > mostBytes;
        return isTooMuch ? jobs.values().stream().findFirst() : Optional.empty();
    }

    int size() {
        return jobs.size();
    }

    List<JobEntry> all() {
        return List.copyOf(jobs.values());
    }
}
