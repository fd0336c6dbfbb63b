package io.chaski.streamer.internal.queue;

import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.List;
import java.util.Optional;

/** Results and dead letters, as many as there may be. Confined to the ledger. */
final class EndedJobs {

    private final KeptJobs results;
    private final KeptJobs dead;
    private final Counts counts;

    EndedJobs(WorkQueueOptions options, Counts counts) {
        this.results = new KeptJobs(options.maxResults(), options.maxResultBytes());
        this.dead = new KeptJobs(options.maxDeadLetters(), options.maxBytes());
        this.counts = counts;
    }

    void add(JobEntry job) {
        (job.state == JobState.DEAD ? dead : results).add(job);
    }

    void remove(JobEntry job) {
        results.remove(job);
        dead.remove(job);
    }

    /** The oldest one that there is no room for, which is counted and still there. */
    Optional<JobEntry> surplus() {
        Optional<JobEntry> result = results.surplus();
        if (result.isPresent()) {
            counts.add(Incident.RESULTS_DROPPED);
            return result;
        }
        Optional<JobEntry> letter = dead.surplus();
        letter.ifPresent(each -> counts.add(Incident.LETTERS_DROPPED));
        return letter;
    }

    int results() {
        return results.size();
    }

    List<JobEntry> deadLetters() {
        return dead.all();
    }
}
