package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.JobFailedException.Problem;
import io.chaski.streamer.work.JobRefusedException;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one submitter: who has which, what failed, what is done. A machine without I/O; inputs come with the time in
 * milliseconds of a clock that goes on over restarts, outputs go to the {@link Outbox}. Confined to whoever has it.
 *
 * <p>What holds after each input: a job is with at most one worker; one that has ended is with none and is given to none, unless it
 * is a dead letter that somebody resubmits; jobs and bytes are within their bounds.
 */
final class Ledger {

    /** How long jobs of a queue that was opened again stay with their workers at least: these have to be found first. */
    static final long LEAST_RESTART_GRACE_MILLIS = 10_000;

    /** Takes what the ledger decides. Nothing of it is to be done before what has changed is kept. */
    interface Outbox {

        /** Whether a worker may be given a job now; asked for each one. If not it is asked again after the next input. */
        boolean mayAssign(NodeId worker);

        /** Gives a job to a worker. */
        void assign(NodeId worker, UUID job, int assignment, int attempt, byte[] payload);

        /** A worker is to stop. */
        void cancel(NodeId worker, UUID job, int assignment);

        /** A worker may forget. */
        void acknowledge(NodeId worker, UUID job, int assignment);

        /** What is kept of a job is to become what {@link Ledger#find} says. */
        void changed(UUID job);

        /** A job is done, dead or cancelled. */
        void ended(JobEntry job);
    }

    /** Of submission, and of their ends. */
    static final Comparator<JobEntry> IN_ORDER = Comparator.comparingLong(job -> job.sequence);

    private static final Comparator<JobEntry> IN_TURN =
            Comparator.<JobEntry>comparingInt(job -> -job.priority).thenComparingLong(job -> job.sequence);

    private static final Comparator<JobEntry> BY_TIME =
            Comparator.<JobEntry>comparingLong(job -> job.dueAtMillis).thenComparingLong(job -> job.sequence);

    private final WorkQueueOptions options;
    private final Pauses pauses;
    private final Outbox out;
    private final Counts counts;
    private final Map<UUID, JobEntry> jobs = new HashMap<>();
    private final TreeSet<JobEntry> ready = new TreeSet<>(IN_TURN);
    private final TreeSet<JobEntry> due = new TreeSet<>(BY_TIME);
    private final EndedJobs ended;
    private final UnfinishedJobs unfinished;
    private final ReadyWorkers workers = new ReadyWorkers();

    private final HeldJobs running = new HeldJobs();

    private long nextSequence = 1;

    /**
     * An empty ledger.
     *
     * @param options limits and times
     * @param seed of the chance in the pauses
     */
    Ledger(WorkQueueOptions options, long seed, Outbox out, Counts counts) {
        this.options = options;
        this.pauses = new Pauses(options, seed);
        this.unfinished = new UnfinishedJobs(options);
        this.out = out;
        this.counts = counts;
        this.ended = new EndedJobs(options, counts);
    }

    /**
     * Takes over what was kept of the last time, before anything else happens.
     *
     * @param kept in any order; beyond the bounds only if they were wider then
     */
    void restore(List<JobEntry> kept, long nowMillis) {
        kept.stream().sorted(IN_ORDER).forEach(job -> {
            jobs.put(job.id, job);
            nextSequence = Math.max(nextSequence, job.sequence + 1);
            switch (job.state) {
                case WAITING -> {
                    unfinished.add(job);
                    waitUntil(job, job.dueAtMillis, nowMillis);
                }
                case RUNNING -> {
                    unfinished.add(job);
                    running.add(job);
                    long leastMillis = nowMillis + LEAST_RESTART_GRACE_MILLIS;
                    long graceMillis = nowMillis + options.workerGrace().toMillis();
                    lose(job, leastMillis, Math.max(graceMillis, leastMillis));
                }
                case DEAD -> ended.add(job);
                case DONE, CANCELLED -> {
                    ended.add(job);
                    due.add(job);
                }
            }
        });
        dropSurplus();
        onTime(nowMillis);
    }

    // ---- the submitter

    /**
     * Adds a job.
     *
     * @param hasDisk whether the disk takes it
     * @throws JobRefusedException if there is no room for it; then nothing has changed
     */
    void submit(NewJob wanted, Supplier<Boolean> hasDisk, long nowMillis) {
        checkRoom(wanted.payload().length, hasDisk);
        JobEntry job = wanted.entry(nextSequence++);
        counts.add(Incident.JOBS_SUBMITTED);
        line(job, nowMillis + wanted.delayMillis(), nowMillis);
    }

    /** Lines up a job that is in no list. */
    private void line(JobEntry job, long atMillis, long nowMillis) {
        jobs.put(job.id, job);
        unfinished.add(job);
        waitUntil(job, atMillis, nowMillis);
        out.changed(job.id);
        assignAll(nowMillis);
    }

    /**
     * Takes over a job or a dead letter of another life, behind those that are here; false if it is here.
     *
     * @param copy waits, runs, or is dead; not changed
     * @throws JobRefusedException as in {@link #submit}
     */
    boolean adopt(JobEntry copy, Supplier<Boolean> hasDisk, long nowMillis) {
        if (jobs.containsKey(copy.id)) {
            return false;
        }
        if (copy.state == JobState.DEAD) {
            JobEntry job = copy.again(nextSequence++);
            jobs.put(job.id, job);
            ended.add(job);
            out.changed(job.id);
            dropSurplus();
        } else {
            checkRoom(copy.payload.length, hasDisk);
            JobEntry job = copy.again(nextSequence++);
            line(job, job.dueAtMillis, nowMillis);
        }
        counts.add(Incident.JOBS_RESTORED);
        return true;
    }

    private void checkRoom(int bytes, Supplier<Boolean> hasDisk) {
        try {
            unfinished.checkRoom(bytes, hasDisk);
        } catch (JobRefusedException refusal) {
            counts.add(Incident.JOBS_REFUSED);
            throw refusal;
        }
    }

    /** Takes a job back; false if it has ended, or nobody knows it. */
    boolean cancel(UUID id, long nowMillis) {
        JobEntry job = jobs.get(id);
        if (job == null || job.state.isEnded()) {
            return false;
        }
        takeFrom(job);
        counts.add(Incident.JOBS_CANCELLED);
        end(job, JobState.CANCELLED, nowMillis);
        assignAll(nowMillis);
        return true;
    }

    /**
     * Gives a dead letter all its attempts again; false if there is none of this id.
     *
     * @throws JobRefusedException as in {@link #submit}
     */
    boolean resubmit(UUID id, Supplier<Boolean> hasDisk, long nowMillis) {
        JobEntry job = jobs.get(id);
        if (job == null || job.state != JobState.DEAD) {
            return false;
        }
        checkRoom(job.payload.length, hasDisk);
        ended.remove(job);
        job.sequence = nextSequence++;
        job.attempts = 0;
        job.problem = null;
        job.detail = "";
        line(job, nowMillis, nowMillis);
        return true;
    }

    /** Forgets a dead letter; false if there is none of this id. */
    boolean discard(UUID id) {
        JobEntry job = jobs.get(id);
        if (job == null || job.state != JobState.DEAD) {
            return false;
        }
        forget(job);
        return true;
    }

    // ---- workers

    /** There is a stream to a worker. Nothing is given to it before it has said what it has. */
    void onWorker(NodeId worker) {
        workers.add(worker);
    }

    /** The stream to a worker has ended. */
    void onWorkerGone(NodeId worker, long nowMillis) {
        if (!workers.remove(worker)) {
            return;
        }
        for (JobEntry job : running.of(worker)) {
            if (!job.isLost) { // otherwise the time for it to come back goes on
                due.remove(job);
                lose(job, nowMillis, nowMillis + options.workerGrace().toMillis());
            }
        }
    }

    /**
     * A worker says how much room it has.
     *
     * @return false if it cannot be true
     */
    boolean onReady(NodeId worker, int free, long received, long nowMillis) {
        if (!workers.canHaveReceived(worker, received)) {
            return false;
        }
        if (workers.onReady(worker, free, received)) {
            giveUpLost(worker, nowMillis);
        }
        assignAll(nowMillis);
        return true;
    }

    /** It has told all that it has, so what it has not told of it does not have. */
    private void giveUpLost(NodeId worker, long nowMillis) {
        for (JobEntry job : running.of(worker)) {
            if (job.isLost) {
                loseForGood(job, nowMillis);
            }
        }
    }

    /** A worker that is back says that it is doing a job. */
    void onRunning(NodeId worker, UUID id, int assignment, long nowMillis) {
        JobEntry job = assigned(worker, id, assignment);
        if (job == null || job.state != JobState.RUNNING) {
            out.cancel(worker, id, assignment);
        } else if (job.isLost) {
            counts.add(Incident.ATTEMPTS_RESUMED);
            running.setLost(job, false);
            due.remove(job);
            job.dueAtMillis = job.timeoutAtMillis;
            due.add(job);
            onTime(nowMillis); // perhaps it takes too long already
        }
    }

    /**
     * A worker has done a job. Of one that was given up for good before, the result is not kept: the end was told, and somebody may
     * have acted on it.
     */
    void onDone(NodeId worker, UUID id, int assignment, byte[] result, long nowMillis) {
        JobEntry job = attempted(worker, id, assignment, Incident.FRAMES_LATE);
        long most = Math.min(WorkQueueOptions.MAX_PAYLOAD_BYTES, options.maxResultBytes());
        if (job != null && result.length > most) {
            job.problem = Problem.RESULT_TOO_LARGE;
            job.detail = "a result of " + result.length + " bytes; at most " + most + " are kept";
            die(takenBack(job), nowMillis);
        } else if (job != null) {
            takenBack(job).result = result;
            counts.add(Incident.JOBS_DONE);
            end(job, JobState.DONE, nowMillis);
        }
        out.acknowledge(worker, id, assignment);
        assignAll(nowMillis);
    }

    /** A worker could not do a job. */
    void onFailed(NodeId worker, UUID id, int assignment, AttemptFailure failure, String detail, long nowMillis) {
        JobEntry job = attempted(worker, id, assignment, Incident.FRAMES_REPEATED);
        if (job != null && job.state == JobState.RUNNING) { // otherwise this attempt counts as failed already
            counts.add(Incident.ATTEMPTS_FAILED);
            fail(takenBack(job), failure.problem(), detail, failure.isWorthRetrying(), nowMillis);
        }
        out.acknowledge(worker, id, assignment);
        assignAll(nowMillis);
    }

    /** A worker had no room for a job. */
    void onBusy(NodeId worker, UUID id, int assignment, long nowMillis) {
        JobEntry job = assigned(worker, id, assignment);
        if (job != null && job.state == JobState.RUNNING) {
            counts.add(Incident.ATTEMPTS_BUSY);
            takenBack(job).attempts--;
            waitUntil(job, nowMillis, nowMillis);
            out.changed(id);
        }
        assignAll(nowMillis);
    }

    /** The job, if this is its latest assignment and worker; counts what is wrong otherwise. */
    private @Nullable JobEntry assigned(NodeId worker, UUID id, int assignment) {
        JobEntry job = jobs.get(id);
        if (job == null) {
            counts.add(Incident.FRAMES_UNKNOWN_JOB);
            return null;
        }
        if (!job.isAssignedTo(worker, assignment)) {
            counts.add(Incident.FRAMES_NOT_ASSIGNED);
            return null;
        }
        return job;
    }

    /**
     * As {@link #assigned}, if the word of its worker still counts: it runs, or it waits for another attempt because it seemed to
     * be lost or took too long.
     *
     * @param ifGivenUp what to count if the job has ended without a result
     */
    private @Nullable JobEntry attempted(NodeId worker, UUID id, int assignment, Incident ifGivenUp) {
        JobEntry job = assigned(worker, id, assignment);
        if (job != null && job.state.isEnded()) {
            counts.add(job.state == JobState.DONE ? Incident.FRAMES_REPEATED : ifGivenUp);
            return null;
        }
        return job;
    }

    // ---- time

    /** Does what is due. */
    void onTime(long nowMillis) {
        while (!due.isEmpty() && due.first().dueAtMillis <= nowMillis) {
            JobEntry job = due.first();
            due.remove(job);
            onDue(job, nowMillis);
        }
        assignAll(nowMillis);
    }

    private void onDue(JobEntry job, long nowMillis) {
        if (job.state == JobState.WAITING) {
            ready.add(job);
        } else if (job.state == JobState.RUNNING && job.timeoutAtMillis > nowMillis) {
            loseForGood(job, nowMillis);
        } else if (job.state == JobState.RUNNING) {
            counts.add(Incident.ATTEMPTS_TIMED_OUT);
            takeFrom(job);
            String detail = "an attempt may take " + job.timeoutMillis + " ms";
            fail(job, Problem.TIMED_OUT, detail, true, nowMillis);
        } else {
            forget(job);
        }
    }

    /** When {@link #onTime} has something to do next; {@link JobEntry#NEVER} if it has not. */
    long nextMillis() {
        return due.isEmpty() ? JobEntry.NEVER : due.first().dueAtMillis;
    }

    // ---- what there is

    /** The job of an id, as long as it is kept. */
    @Nullable
    JobEntry find(UUID id) {
        return jobs.get(id);
    }

    /** All jobs: in the order of submission, or of their ends. */
    List<JobEntry> inOrder() {
        return jobs.values().stream().sorted(IN_ORDER).toList();
    }

    List<JobEntry> deadLetters() {
        return ended.deadLetters();
    }

    int waiting() {
        return unfinished.count() - running.count();
    }

    int running() {
        return running.count();
    }

    /** Jobs that have not ended. */
    int unfinished() {
        return unfinished.count();
    }

    long unfinishedBytes() {
        return unfinished.bytes();
    }

    /** Jobs whose workers are lost, and may be back in time. */
    int lost() {
        return running.lost();
    }

    /** Whether a worker has a job, also if it is lost. */
    boolean isWith(NodeId worker) {
        return !running.of(worker).isEmpty();
    }

    int results() {
        return ended.results();
    }

    int workers() {
        return workers.size();
    }

    // ---- steps of a job

    private void assignAll(long nowMillis) {
        while (!ready.isEmpty()) {
            Optional<NodeId> worker = workers.takeRoom(out::mayAssign);
            if (worker.isEmpty()) {
                return;
            }
            JobEntry job = ready.first();
            ready.remove(job);
            assign(job, worker.get(), nowMillis);
        }
    }

    private void assign(JobEntry job, NodeId worker, long nowMillis) {
        job.state = JobState.RUNNING;
        job.worker = worker;
        job.assignment++;
        job.attempts++;
        job.timeoutAtMillis = job.timeoutMillis == 0 ? JobEntry.NEVER : nowMillis + job.timeoutMillis;
        job.dueAtMillis = job.timeoutAtMillis;
        due.add(job);
        running.add(job);
        counts.add(Incident.ATTEMPTS_STARTED);
        out.changed(job.id);
        out.assign(worker, job.id, job.assignment, job.attempts, job.payload);
    }

    private void waitUntil(JobEntry job, long millis, long nowMillis) {
        job.state = JobState.WAITING;
        job.dueAtMillis = millis;
        (millis <= nowMillis ? ready : due).add(job);
    }

    /** Until the grace is over, or it takes too long; but not before its worker can have said what became of it. */
    private void lose(JobEntry job, long leastMillis, long untilMillis) {
        running.setLost(job, true);
        job.dueAtMillis = Math.min(untilMillis, Math.max(job.timeoutAtMillis, leastMillis));
        due.add(job);
    }

    private void loseForGood(JobEntry job, long nowMillis) {
        counts.add(Incident.ATTEMPTS_WORKER_LOST);
        fail(takenBack(job), Problem.WORKER_LOST, "the worker was lost, and may have done it", true, nowMillis);
    }

    /** Out of every list of jobs that wait or run. */
    private JobEntry takenBack(JobEntry job) {
        ready.remove(job);
        due.remove(job);
        if (job.state == JobState.RUNNING) {
            running.remove(job);
        }
        return job;
    }

    /** As {@link #takenBack}, and tells its worker. */
    private void takeFrom(JobEntry job) {
        NodeId worker = job.worker;
        if (job.state == JobState.RUNNING && worker != null) {
            out.cancel(worker, job.id, job.assignment);
        }
        takenBack(job);
    }

    private void fail(JobEntry job, Problem problem, String detail, boolean isWorthRetrying, long nowMillis) {
        job.problem = problem;
        job.detail = detail;
        if (isWorthRetrying && job.attempts < job.maxAttempts) {
            waitUntil(job, nowMillis + pauses.millisAfter(job), nowMillis);
            out.changed(job.id);
        } else {
            die(job, nowMillis);
        }
    }

    private void die(JobEntry job, long nowMillis) {
        counts.add(Incident.JOBS_DEAD);
        end(job, JobState.DEAD, nowMillis);
    }

    /** For jobs that are in no list any more. */
    private void end(JobEntry job, JobState how, long nowMillis) {
        unfinished.remove(job);
        job.state = how;
        job.sequence = nextSequence++;
        if (how != JobState.DEAD) {
            job.payload = new byte[0];
            job.dueAtMillis = nowMillis + options.resultTimeToLive().toMillis();
            due.add(job);
        }
        ended.add(job);
        out.changed(job.id);
        out.ended(job);
        dropSurplus();
    }

    private void dropSurplus() {
        for (var oldest = ended.surplus(); oldest.isPresent(); oldest = ended.surplus()) {
            forget(oldest.get());
        }
    }

    private void forget(JobEntry job) {
        due.remove(job);
        ended.remove(job);
        jobs.remove(job.id);
        out.changed(job.id);
    }
}
