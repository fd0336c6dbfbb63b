package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jobs that are running, by worker: also of workers that there is no stream to. Confined to the ledger. */
final class HeldJobs {

    private final Map<NodeId, Set<JobEntry>> byWorker = new HashMap<>();
    private int count;

    void add(JobEntry job) {
        byWorker.computeIfAbsent(holder(job), any -> new LinkedHashSet<>()).add(job);
        count++;
    }

    void remove(JobEntry job) {
        count--;
        byWorker.computeIfPresent(holder(job), (worker, theirs) -> {
            theirs.remove(job);
            return theirs.isEmpty() ? null : theirs;
        });
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
}
