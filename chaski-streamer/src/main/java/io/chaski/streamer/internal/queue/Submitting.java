package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiException;
import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.codec.CodecException;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.work.DeadJob;
import io.chaski.streamer.work.JobFailedException;
import io.chaski.streamer.work.JobFailedException.Problem;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The submitter of a queue on its node: the ledger, what is kept of it, streams to workers, and who waits for results. Confined to the
 * thread of the queue.
 */
final class Submitting<J, R extends @Nullable Object> implements Ledger.Outbox {

    private static final Logger LOG = LoggerFactory.getLogger(Submitting.class);

    /** Streams stay that long when there is nothing to do: the next job is often not far. */
    private static final long LINGER_MILLIS = 60_000;

    private final QueueParts<J, R> parts;
    private final JobStore store;
    private final Ledger ledger;
    private final WorkerTable table = new WorkerTable();
    private final Map<NodeId, WorkerLink> links = new HashMap<>();
    private final Map<NodeId, ToWorker> mouths = new HashMap<>();
    private final OpenStreams streams = new OpenStreams();
    private final Map<UUID, CompletableFuture<R>> awaited = new HashMap<>();
    private final Set<UUID> changed = new LinkedHashSet<>();
    private long quietSinceMillis;

    /** Null while no copies are made. */
    private @Nullable Copying<J, R> copying;

    /** The worker of the same queue object takes jobs. */
    private boolean isWorkingHere;

    Submitting(QueueParts<J, R> parts, JobStore store, WorkQueueOptions options) {
        this.parts = parts;
        this.store = store;
        this.ledger = new Ledger(options, parts.module().newRandom().nextLong(), this, parts.counts());
        this.quietSinceMillis = parts.nowMillis() - LINGER_MILLIS;
    }

    /** Goes on where the last one has ended. */
    void begin() {
        ledger.restore(store.load(), parts.nowMillis());
    }

    Ledger ledger() {
        return ledger;
    }

    JobStore store() {
        return store;
    }

    OpenStreams streams() {
        return streams;
    }

    // ---- the application

    SubmittedJob<J, R> submit(NewJob job) {
        CompletableFuture<R> result = parts.module().newFuture();
        ledger.submit(job, () -> store.hasRoom(job.payload().length), parts.nowMillis());
        awaited.put(job.id(), result);
        return new SubmittedJob<>(this, parts, job.id(), result);
    }

    Optional<SubmittedJob<J, R>> job(UUID id) {
        JobEntry job = ledger.find(id);
        if (job == null) {
            return Optional.empty();
        }
        CompletableFuture<R> result =
                awaited.computeIfAbsent(id, any -> parts.module().newFuture());
        if (job.state.isEnded()) {
            settle(job);
        }
        return Optional.of(new SubmittedJob<>(this, parts, id, result));
    }

    /** Empty if it is forgotten; what became of it was told before. */
    Optional<JobState> state(UUID id) {
        return Optional.ofNullable(ledger.find(id)).map(job -> job.state);
    }

    boolean cancel(UUID id) {
        return ledger.cancel(id, parts.nowMillis());
    }

    boolean resubmit(UUID id) {
        JobEntry job = ledger.find(id);
        return job != null && ledger.resubmit(id, () -> store.hasRoom(job.payload.length), parts.nowMillis());
    }

    /** Dead letters as they are now; each is decoded by whoever wants it, and not here, since the codec may be the application's. */
    List<Supplier<DeadJob<J>>> deadLetters() {
        return ledger.deadLetters().stream().map(this::deadLetter).toList();
    }

    private Supplier<DeadJob<J>> deadLetter(JobEntry job) {
        UUID id = job.id;
        byte[] payload = job.payload;
        int attempts = job.attempts;
        Problem problem = problemOf(job);
        String detail = job.detail;
        return () -> {
            try {
                return new DeadJob<>(id, Codecs.job(parts.type(), payload), attempts, problem, detail);
            } catch (RuntimeException unreadable) { // says which one is to be discarded
                throw new CodecException("dead letter " + id + " cannot be read", unreadable);
            }
        };
    }

    private static Problem problemOf(JobEntry job) {
        return job.problem == null ? Problem.HANDLER_FAILED : job.problem;
    }

    // ---- copies

    /** Has copies made; false if others are made. */
    boolean copyWith(Copying<J, R> one) {
        if (copying != null) {
            return false;
        }
        copying = one;
        ledger.inOrder().forEach(one.book()::begin);
        return true;
    }

    /** No more copies are made by this one. */
    void copyNoMore(Copying<J, R> one) {
        if (copying == one) {
            copying = null;
            one.end();
        }
    }

    /** As {@link Ledger#adopt}. */
    boolean adopt(JobEntry copy) {
        return ledger.adopt(copy, () -> store.hasRoom(copy.payload.length), parts.nowMillis());
    }

    // ---- workers

    void onWorks(NodeId worker) {
        if (!table.onWorks(worker, parts.nowMillis())) {
            parts.counts().add(Incident.ANNOUNCEMENTS_IGNORED);
        }
    }

    void onLeaves(NodeId worker) {
        table.onLeft(worker, parts.nowMillis());
    }

    /** A worker finishes what it has, and is of interest if some of that is from here. */
    void onDrains(NodeId worker) {
        if (ledger.isWith(worker)) {
            table.onDrains(worker, parts.nowMillis());
        } else {
            table.onLeft(worker, parts.nowMillis());
        }
    }

    /** The worker of the same queue object, without a stream. */
    ToSubmitter onLocalWorker(ToWorker mouth) {
        NodeId self = parts.node().id();
        isWorkingHere = true;
        mouths.put(self, mouth);
        ledger.onWorker(self);
        return earFor(self);
    }

    /** It takes no more. */
    void onLocalWorkerDrains() {
        isWorkingHere = false;
    }

    void onLocalWorkerGone() {
        isWorkingHere = false;
        mouths.remove(parts.node().id());
        ledger.onWorkerGone(parts.node().id(), parts.nowMillis());
    }

    /** What a worker says goes to the ledger. */
    ToSubmitter earFor(NodeId worker) {
        return new ToSubmitter() {
            @Override
            public void onReady(int free, long received) {
                table.onReached(worker);
                if (!ledger.onReady(worker, free, received, parts.nowMillis())) {
                    WorkerLink link = links.get(worker);
                    if (link != null) {
                        link.onMalformed("more jobs received than were sent");
                    }
                }
            }

            @Override
            public void onRunning(UUID job, int assignment) {
                ledger.onRunning(worker, job, assignment, parts.nowMillis());
            }

            @Override
            public void onDone(UUID job, int assignment, byte[] result) {
                ledger.onDone(worker, job, assignment, result, parts.nowMillis());
            }

            @Override
            public void onFailed(UUID job, int assignment, AttemptFailure failure, String detail) {
                ledger.onFailed(worker, job, assignment, failure, detail, parts.nowMillis());
            }

            @Override
            public void onBusy(UUID job, int assignment) {
                ledger.onBusy(worker, job, assignment, parts.nowMillis());
            }
        };
    }

    /** For a stream to a worker that is to be opened. */
    WorkerLink newLink(NodeId worker) {
        WorkerLink link = new WorkerLink(this, parts, worker);
        links.put(worker, link);
        return link;
    }

    private void open(NodeId worker) {
        WorkerLink link = newLink(worker);
        StreamOptions options = StreamOptions.builder()
                .header(QueueParts.LEDGER_HEADER, store.ledger().toString())
                .header(QueueParts.CODEC_HEADER, parts.type().codec().contentType())
                .manualCredit(true)
                .dispatch(Dispatch.INLINE)
                .build();
        try {
            var unused = parts.module()
                    .inlineStreams()
                    .open(worker, parts.type().protocol(), options, link)
                    .whenComplete((stream, failure) -> {
                        if (stream == null) {
                            LOG.debug("worker {} cannot be reached: {}", worker, String.valueOf(failure));
                            parts.thread().tell(link::onGone);
                        } else {
                            link.onStream(stream);
                        }
                    });
        } catch (ChaskiException | IllegalStateException e) { // not allowed, closing, or the loop is stuck
            LOG.debug("no stream to worker {}: {}", worker, e.getMessage());
            link.onGone();
        }
    }

    void onLinked(WorkerLink link) {
        if (!parts.rights().mayWork(link.worker())) {
            link.onRefused();
            return;
        }
        mouths.put(link.worker(), link.mouth());
        ledger.onWorker(link.worker());
    }

    void onUnlinked(WorkerLink link) {
        if (links.remove(link.worker(), link)) {
            mouths.remove(link.worker());
            ledger.onWorkerGone(link.worker(), parts.nowMillis());
            table.onEnded(link.worker(), parts.nowMillis());
        }
    }

    // ---- time

    /** Whether there are jobs and nobody to do them, or somebody who does one must be found again. */
    boolean wantsWorkers(long nowMillis) {
        return ledger.lost() > 0 || (ledger.unfinished() > 0 && !isWorkingHere && nobodyTakesMore(nowMillis));
    }

    private boolean nobodyTakesMore(long nowMillis) {
        return mouths.keySet().stream().noneMatch(worker -> table.isTaking(worker, nowMillis));
    }

    /** Does what is due, and keeps what has changed. */
    void onTime(long nowMillis) {
        ledger.onTime(nowMillis);
        if (ledger.unfinished() > 0) {
            quietSinceMillis = nowMillis;
        }
        if (nowMillis - quietSinceMillis < LINGER_MILLIS) {
            table.takeDue(nowMillis).forEach(this::open);
        } else if (!links.isEmpty()) {
            List.copyOf(links.values()).forEach(link -> link.end(StreamCode.CANCELLED, "no jobs"));
        }
        commit();
        if (copying != null) {
            copying.book().onTime(nowMillis);
        }
    }

    /** When {@link #onTime} has something to do next. */
    long nextMillis() {
        boolean isQuiet = ledger.unfinished() == 0;
        long ofLinks = isQuiet ? quietSinceMillis + LINGER_MILLIS : table.nextMillis();
        long ofCopies = copying == null ? JobEntry.NEVER : copying.book().nextMillis();
        return Math.min(Math.min(ledger.nextMillis(), ofCopies), isQuiet && links.isEmpty() ? JobEntry.NEVER : ofLinks);
    }

    private void commit() {
        if (!changed.isEmpty()) {
            Map<UUID, Optional<JobEntry>> changes = new LinkedHashMap<>();
            changed.forEach(id -> changes.put(id, Optional.ofNullable(ledger.find(id))));
            changed.clear();
            store.commit(changes);
            if (copying != null) {
                changes.forEach(copying.book()::onChanged);
            }
        }
    }

    // ---- what the ledger decides, and is done once it is kept

    @Override
    public boolean mayAssign(NodeId worker) {
        QueueRights rights = parts.rights();
        WorkerLink link = links.get(worker);
        if (link != null && !rights.mayWork(worker)) {
            parts.thread().tell(link::onRefused); // not now: the ledger is in the middle of something
            return false;
        }
        return (link == null || !link.isFull())
                && rights.mayWork(worker)
                && rights.maySubmit(parts.node().id());
    }

    @Override
    public void assign(NodeId worker, UUID job, int assignment, int attempt, byte[] payload) {
        WorkerLink link = links.get(worker);
        if (link != null) {
            link.promise(payload.length);
            parts.thread().then(() -> link.keepPromise(payload.length));
        }
        say(worker, mouth -> mouth.onJob(job, assignment, attempt, payload));
    }

    @Override
    public void cancel(NodeId worker, UUID job, int assignment) {
        say(worker, mouth -> mouth.onCancelled(job, assignment));
    }

    @Override
    public void acknowledge(NodeId worker, UUID job, int assignment) {
        say(worker, mouth -> mouth.onAcknowledged(job, assignment));
    }

    private void say(NodeId worker, Consumer<ToWorker> what) {
        ToWorker mouth = mouths.get(worker);
        if (mouth != null) { // otherwise it hears when it is back
            parts.thread().then(() -> what.accept(mouth));
        }
    }

    @Override
    public void changed(UUID job) {
        changed.add(job);
    }

    @Override
    public void ended(JobEntry job) {
        settle(job);
    }

    /** Lets whoever waits for a job know, once that is kept. */
    private void settle(JobEntry job) {
        CompletableFuture<R> result = awaited.remove(job.id);
        if (result == null) {
            return;
        }
        JobState state = job.state; // a dead letter may be resubmitted before the future is completed
        byte[] encoded = job.result == null ? new byte[0] : job.result;
        JobFailedException failure = new JobFailedException(problemOf(job), job.detail);
        parts.thread().then(() -> {
            if (state == JobState.DONE) {
                complete(result, encoded);
            } else if (state == JobState.DEAD) {
                parts.module().fail(result, failure);
            } else {
                parts.module().fail(result, new CancellationException("the job was cancelled"));
            }
        });
    }

    @SuppressWarnings("NullAway") // R says whether it may be null
    private void complete(CompletableFuture<R> result, byte[] encoded) {
        try {
            parts.module().complete(result, Codecs.result(parts.type(), encoded));
        } catch (RuntimeException | Error unreadable) {
            // The codec may be the application's: whatever it throws is what became of this job, and of nothing else.
            parts.module().fail(result, unreadable);
        }
    }

    /** Nothing more happens here. */
    void end(@Nullable Throwable failure) {
        List.copyOf(links.values()).forEach(link -> link.end(StreamCode.CANCELLED, "the queue is closed"));
        streams.close();
        ChaskiException closed = new JobFailedException(
                Problem.QUEUE_CLOSED, failure == null ? "the queue was closed" : "the queue has failed: " + failure);
        awaited.values().forEach(result -> parts.module().fail(result, closed));
        awaited.clear();
        if (copying != null) {
            copying.end();
        }
        store.close();
    }
}
