package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.DeadJob;
import io.chaski.streamer.work.JobCopies;
import io.chaski.streamer.work.JobHandle;
import io.chaski.streamer.work.JobHandler;
import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueueOptions;
import io.chaski.streamer.work.WorkQueueSnapshot;
import io.chaski.streamer.work.Worker;
import io.chaski.streamer.work.WorkerOptions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A queue on a node: its thread, the submitter's side, the worker's side if it works, and the topic where the sides of all nodes find each
 * other. Thread-safe.
 */
public final class QueueRuntime<J, R extends @Nullable Object> implements AutoCloseable {

    /** Something may have become allowed, or a clock been wrong. */
    private static final long LONGEST_IDLE_MILLIS = 1_000;

    private final WorkQueueOptions options;
    private final QueueParts<J, R> parts;
    private final Submitting<J, R> submitting;
    private final QueueTopic topic;
    private final CompletableFuture<@Nullable Void> closed;
    private final Registration closing;

    /** Guards the beginning of work: there is one worker at a time. */
    private final Object lock = new Object();

    private volatile @Nullable Working<J, R> working;

    /** Announcements that could not be read or found no room, and are not counted yet. */
    private final LongAdder ignored = new LongAdder();

    private QueueRuntime(ChaskiNode node, QueueType<J, R> type, WorkQueueOptions options, JobStore store) {
        this.options = options;
        ModuleNode module = ModuleNode.of(node);
        LongSupplier clock = QueueParts.clockOf(module);
        QueueThread thread = new QueueThread("work queue " + type.name(), new Heart());
        this.parts = new QueueParts<>(node, module, type, thread, new Counts(), clock);
        this.closed = module.newFuture();
        this.submitting = new Submitting<>(parts, store, options);
        submitting.begin();
        this.closing = module.onClosing(thread::end);
        this.topic = new QueueTopic(node, type.name(), this::onAnnouncement, this::onUnreadable, clock.getAsLong());
        thread.start();
    }

    /**
     * Opens a queue, and goes on with what its directory has.
     *
     * @throws io.chaski.streamer.StorageException as a storage does when it is opened
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public static <J, R extends @Nullable Object> QueueRuntime<J, R> open(
            ChaskiNode node, QueueType<J, R> type, WorkQueueOptions options) {
        JobStore store = options.directory()
                .<JobStore>map(directory -> StoredJobs.open(directory, options.freeSpaceFloor()))
                .orElseGet(JobStore::inMemory);
        boolean isOpen = false;
        try {
            QueueRuntime<J, R> queue = new QueueRuntime<>(node, type, options, store);
            isOpen = true;
            return queue;
        } finally {
            if (!isOpen) {
                store.close();
            }
        }
    }

    /** What happens on the thread. */
    private final class Heart implements QueueThread.Turn {

        @Override
        public long onInputs() {
            parts.counts().add(Incident.ANNOUNCEMENTS_IGNORED, ignored.sumThenReset());
            long nowMillis = parts.nowMillis();
            long nextMillis = nowMillis + LONGEST_IDLE_MILLIS;
            Working<J, R> worker = working;
            if (worker != null) {
                worker.onTime(nowMillis);
                nextMillis = Math.min(nextMillis, worker.nextMillis());
            }
            submitting.onTime(nowMillis);
            topic.want(submitting.wantsWorkers(nowMillis), nowMillis);
            topic.onTime(nowMillis);
            nextMillis = Math.min(nextMillis, Math.min(submitting.nextMillis(), topic.nextMillis()));
            return Math.max(0, nextMillis - nowMillis);
        }

        @Override
        public void onEnd(@Nullable Throwable failure) {
            Working<J, R> worker = working;
            if (worker != null) {
                worker.end();
            }
            submitting.end(failure);
            topic.close();
            closing.close();
            if (failure == null) {
                complete(closed);
            } else {
                parts.module().fail(closed, failure);
            }
        }
    }

    @SuppressWarnings("NullAway") // there is nothing to tell
    private void complete(CompletableFuture<@Nullable Void> future) {
        parts.module().complete(future, null);
    }

    private void onAnnouncement(Message<byte[]> message, Announcement announcement) {
        NodeId worker = message.origin();
        if (worker.equals(parts.node().id())) {
            return;
        }
        boolean isTaken = parts.thread().offer(() -> {
            if (!announcement.addresses().isEmpty()) {
                parts.module().hint(worker, message.epoch(), announcement.addresses());
            }
            switch (announcement.kind()) {
                case WORKS -> submitting.onWorks(worker);
                case DRAINS -> submitting.onDrains(worker);
                case LEAVES -> submitting.onLeaves(worker);
                case WHO -> topic.onAsked();
            }
        });
        if (!isTaken) {
            onUnreadable();
        }
    }

    private void onUnreadable() {
        ignored.increment();
    }

    // ---- the application

    /** The type it was opened with. */
    public QueueType<J, R> type() {
        return parts.type();
    }

    /** See {@code WorkQueue.submit}. */
    public JobHandle<R> submit(J payload, JobOptions special) {
        NewJob job = newJob(payload, special);
        return parts.ask(() -> submitting.submit(job));
    }

    /** For the executor, whose callers have to know whether a job is queued: does not look whether they are interrupted. */
    SubmittedJob<J, R> submitPatiently(J payload) {
        NewJob job = newJob(payload, JobOptions.DEFAULTS);
        return parts.askPatiently(() -> submitting.submit(job));
    }

    private NewJob newJob(J payload, JobOptions special) {
        parts.rights().requireToSubmit();
        PayloadCodec codec = parts.type().codec();
        byte[] encoded = codec.encode(payload, parts.type().jobType());
        byte[] own = encoded == payload ? encoded.clone() : encoded;
        if (own.length > WorkQueueOptions.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("an encoded job has at most " + WorkQueueOptions.MAX_PAYLOAD_BYTES
                    + " bytes, not " + own.length + "; files are for more");
        }
        return new NewJob(UUID.randomUUID(), own, special, options);
    }

    /** See {@code WorkQueue.job}. */
    public Optional<JobHandle<R>> job(UUID id) {
        return parts.ask(() -> submitting.job(id).map(handle -> handle));
    }

    /** See {@code WorkQueue.deadLetters}. */
    public List<DeadJob<J>> deadLetters() {
        return parts.ask(submitting::deadLetters).stream().map(Supplier::get).toList();
    }

    /** See {@code WorkQueue.resubmit}. */
    public boolean resubmit(UUID id) {
        parts.rights().requireToSubmit();
        return parts.ask(() -> submitting.resubmit(id));
    }

    /** See {@code WorkQueue.discard}. */
    public boolean discard(UUID id) {
        return parts.ask(() -> submitting.ledger().discard(id));
    }

    /** See {@code WorkQueue.copyTo}. */
    public JobCopies copyTo(DurableTopic<byte[]> topic) {
        if (topic.node() != parts.node()) {
            throw new IllegalArgumentException("the topic of copies is of another node");
        }
        Copying<J, R> copying = new Copying<>(parts, submitting, topic);
        if (!parts.askPatiently(() -> submitting.copyWith(copying))) { // whoever has begun must be able to close it
            throw new IllegalStateException(
                    "copies are made already of " + parts.type().name());
        }
        return copying;
    }

    /** See {@code WorkQueue.snapshot}. */
    public WorkQueueSnapshot snapshot() {
        return parts.ask(() -> {
            Ledger ledger = submitting.ledger();
            return new WorkQueueSnapshot(
                    ledger.waiting(),
                    ledger.running(),
                    ledger.unfinishedBytes(),
                    ledger.results(),
                    ledger.deadLetters().size(),
                    ledger.workers(),
                    parts.counts().named());
        });
    }

    /** See {@code WorkQueue.work}. */
    public Worker work(JobHandler<J, R> handler, WorkerOptions how) {
        synchronized (lock) {
            if (working != null) {
                throw new IllegalStateException(
                        "this queue has a worker already: " + parts.type().name());
            }
            Working<J, R> worker = new Working<>(parts, topic, submitting, how, handler, () -> working = null);
            worker.serve();
            boolean isBegun = false;
            try {
                parts.ask(() -> {
                    working = worker;
                    worker.begin();
                    return true;
                });
                isBegun = true;
            } finally {
                if (!isBegun) {
                    worker.close();
                }
            }
            return worker;
        }
    }

    /** See {@code WorkQueue.closed}. */
    public CompletableFuture<@Nullable Void> closed() {
        return closed;
    }

    @Override
    public void close() {
        Working<J, R> worker = working;
        if (worker != null) {
            worker.close();
        }
        parts.thread().end();
        parts.thread().awaitEnd();
    }
}
