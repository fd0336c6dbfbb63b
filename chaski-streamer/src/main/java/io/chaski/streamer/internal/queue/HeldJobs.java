package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jobs that are running, by worker: also of workers that there is no stream to, whose jobs are lost. Confined to the ledger. */
final class HeldJobs {

    private final Map<NodeId, Set<JobEntry>> byWorker = new HashMap<>();
    private int count;
    private int lost;

    void add(JobEntry job) {
        byWorker.computeIfAbsent(holder(job), any -> new LinkedHashSet<>()).add(job);
        count++;
    }

    void remove(JobEntry job) {
        setLost(job, false);
        count--;
        byWorker.computeIfPresent(holder(job), (worker, theirs) -> {
            theirs.remove(job);
            return theirs.isEmpty() ? null : theirs;
        });
    }

    /** Whether there is no stream to the worker of one of them. */
    void setLost(JobEntry job, boolean isLost) {
        if (job.isLost != isLost) {
            job.isLost = isLost;
            lost += isLost ? 1 : -1;
        }
    }

    private static NodeId holder(JobEntry job) {
        NodeId worker = job.worker;
        if (worker == null) {
            throw new AssertionError("a job that runs nowhere: " + job.id);
        }
        return worker;
    }

    List<JobEntry> of(NodeId worker) {
        return List.copyOf(byWorker.getOrDefault(worker, Set.of()));
    }

    int count() {
        return count;
    }

    /** Those whose workers may be back in time. */
    int lost() {
        return lost;
    }
}
