package io.chaski.streamer.internal.queue;

import io.chaski.streamer.internal.queue.Incident.Counts;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The jobs of one worker, of all submitters together: which it does, and what came of those that nobody has acknowledged. A machine
 * without I/O; inputs come with the time in milliseconds of a clock that never goes back. Confined to whoever has it.
 *
 * <p>What holds after each input: it does at most as many jobs as it has places; what it keeps is within its bounds; a submitter that
 * there is a stream to knows how many places are free.
 */
final class Desk {

    /** How long a result waits for a submitter that is away: a restart and a partition of some minutes. */
    static final long KEEP_MILLIS = 10 * 60 * 1_000L;

    /** Results that wait. As many as a fast worker makes in some seconds. */
    static final int MAX_KEPT = 1_000;

    /** As many as the largest jobs that a worker of ordinary size does at a time. */
    static final long MAX_KEPT_BYTES = 32L << 20;

    /** Carries jobs out. */
    interface Outbox {

        /** Runs the handler; ends in {@link Desk#onFinished}, in any case. */
        void start(TaskKey task, int attempt, byte[] payload);

        /** The handler is to stop, if it has not. */
        void interrupt(TaskKey task);
    }

    /** A submitter that there is a stream to. */
    private static final class Session {
        private final ToSubmitter out;
        private long received;
        private int toldFree = -1;
        private long toldReceived;

        Session(ToSubmitter out) {
            this.out = out;
        }

        /** Whether the submitter cannot know how many places are free. */
        private boolean isOutdated(int free) {
            return toldFree < 0 || toldFree - (received - toldReceived) != free;
        }
    }

    private record Kept(TaskOutcome outcome, long untilMillis) {}

    private final int places;
    private final Outbox out;
    private final Counts counts;
    private final Map<SubmitterKey, Session> sessions = new LinkedHashMap<>();
    private final Set<TaskKey> running = new LinkedHashSet<>();

    /** Of those that run, what nobody wants any more. */
    private final Set<TaskKey> unwanted = new LinkedHashSet<>();

    private final Map<TaskKey, Kept> unacknowledged = new LinkedHashMap<>();
    private long keptBytes;
    private boolean isLeaving;

    Desk(int places, Outbox out, Counts counts) {
        this.places = places;
        this.out = out;
        this.counts = counts;
    }

    // ---- submitters

    /** There is a stream to a submitter: it hears what this worker has of it, and how many places are free. */
    void onSubmitter(SubmitterKey submitter, ToSubmitter toIt) {
        sessions.put(submitter, new Session(toIt));
        for (TaskKey task : running) {
            if (task.submitter().equals(submitter) && !unwanted.contains(task)) {
                toIt.onRunning(task.job(), task.assignment());
            }
        }
        unacknowledged.forEach((task, kept) -> {
            if (task.submitter().equals(submitter)) {
                kept.outcome().tell(toIt, task.job(), task.assignment());
            }
        });
        tellRoom();
    }

    /** The stream to a submitter has ended. What it wanted goes on: it may be back before that is done. */
    void onSubmitterGone(SubmitterKey submitter) {
        sessions.remove(submitter);
    }

    /** A submitter gives a job. */
    void onJob(SubmitterKey submitter, UUID job, int assignment, int attempt, byte[] payload) {
        Session session = sessions.get(submitter);
        if (session == null) {
            return;
        }
        session.received++;
        TaskKey task = new TaskKey(submitter, job, assignment);
        Kept kept = unacknowledged.get(task);
        if (kept != null) {
            kept.outcome().tell(session.out, job, assignment);
        } else if (running.contains(task)) {
            counts.add(Incident.FRAMES_REPEATED);
        } else if (free() == 0) {
            counts.add(Incident.WORK_BUSY);
            session.out.onBusy(job, assignment);
        } else {
            running.add(task);
            out.start(task, attempt, payload);
        }
        tellRoom();
    }

    /** A submitter has what was told of a task. */
    void onAcknowledged(SubmitterKey submitter, UUID job, int assignment) {
        forget(new TaskKey(submitter, job, assignment));
    }

    /** A submitter does not want a task any more. */
    void onCancelled(SubmitterKey submitter, UUID job, int assignment) {
        TaskKey task = new TaskKey(submitter, job, assignment);
        if (running.contains(task) && unwanted.add(task)) {
            out.interrupt(task);
        }
        forget(task);
    }

    // ---- handlers

    /** The handler of a task has returned. */
    void onFinished(TaskKey task, TaskOutcome outcome, long nowMillis) {
        if (!running.remove(task)) {
            throw new AssertionError("a task that was not running: " + task);
        }
        counts.add(outcome.isDone() ? Incident.WORK_DONE : Incident.WORK_FAILED);
        if (!unwanted.remove(task)) {
            keep(task, outcome, nowMillis);
            Session session = sessions.get(task.submitter());
            if (session != null) {
                outcome.tell(session.out, task.job(), task.assignment());
            }
        }
        tellRoom();
    }

    private void keep(TaskKey task, TaskOutcome outcome, long nowMillis) {
        unacknowledged.put(task, new Kept(outcome, nowMillis + KEEP_MILLIS));
        keptBytes += outcome.bytes();
        while (unacknowledged.size() > MAX_KEPT || (keptBytes > MAX_KEPT_BYTES && unacknowledged.size() > 1)) {
            drop(unacknowledged.keySet().iterator().next());
        }
    }

    private void drop(TaskKey task) {
        counts.add(Incident.WORK_RESULTS_DROPPED);
        forget(task);
    }

    private void forget(TaskKey task) {
        Kept kept = unacknowledged.remove(task);
        if (kept != null) {
            keptBytes -= kept.outcome().bytes();
        }
    }

    // ---- time and end

    /** Forgets what nobody has fetched in time. */
    void onTime(long nowMillis) {
        while (nextMillis() <= nowMillis) {
            drop(unacknowledged.keySet().iterator().next());
        }
    }

    /** When {@link #onTime} has something to do next; {@link JobEntry#NEVER} if it has not. */
    long nextMillis() {
        return unacknowledged.isEmpty()
                ? JobEntry.NEVER
                : unacknowledged.values().iterator().next().untilMillis();
    }

    /** Takes no more jobs. */
    void leave() {
        isLeaving = true;
        tellRoom();
    }

    /** Interrupts what runs, whose outcome counts all the same. */
    void interruptAll() {
        running.forEach(out::interrupt);
    }

    /** Jobs that run. */
    int running() {
        return running.size();
    }

    /** Whether nothing runs and everything is acknowledged. */
    boolean isIdle() {
        return running.isEmpty() && unacknowledged.isEmpty();
    }

    private int free() {
        return isLeaving ? 0 : places - running.size();
    }

    private void tellRoom() {
        int free = free();
        for (Session session : sessions.values()) {
            if (session.isOutdated(free)) {
                session.toldFree = free;
                session.toldReceived = session.received;
                session.out.onReady(free, session.received);
            }
        }
    }
}
