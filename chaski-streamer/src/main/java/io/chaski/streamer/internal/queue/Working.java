package io.chaski.streamer.internal.queue;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.work.JobHandler;
import io.chaski.streamer.work.Worker;
import io.chaski.streamer.work.WorkerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker of a queue on its node: the desk, the threads of the handler, and the streams of submitters. Thread-safe; everything but
 * what {@link Worker} has is confined to the thread of the queue.
 */
final class Working<J, R extends @Nullable Object> implements Worker {

    /** Each costs some memory, and has a place in what is told of free places. */
    private static final int MAX_SUBMITTERS = 1_024;

    /** A node that is restarted without its ledgers may still have streams of the ones before. */
    private static final int MAX_SUBMITTERS_OF_A_NODE = 16;

    /** As long as a node takes to close. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** For the last results; a submitter that is away hears nothing. */
    private static final Duration TELL_LIMIT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Working.class);

    private static final StreamListener DEAF = (stream, message) -> {};

    /** Somebody waits until nothing runs, and perhaps until everything is acknowledged. */
    private static final class Leaving {
        private final CompletableFuture<Boolean> done;
        private final boolean isAcknowledged;

        Leaving(CompletableFuture<Boolean> done, boolean isAcknowledged) {
            this.done = done;
            this.isAcknowledged = isAcknowledged;
        }
    }

    private final QueueParts<J, R> parts;
    private final QueueTopic topic;
    private final Submitting<J, R> local;
    private final Runnable onClosed;
    private final SubmitterKey self;
    private final Tasks<J, R> tasks;
    private final Desk desk;
    private final Map<SubmitterKey, SubmitterLink> links = new LinkedHashMap<>();
    private final List<Leaving> leaving = new ArrayList<>();
    private final OpenStreams streams = new OpenStreams();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private boolean isDraining;
    private Registration served = () -> {};

    /**
     * Nothing yet.
     *
     * @param local the submitter of the same queue object
     * @param onClosed when it works no more
     */
    Working(
            QueueParts<J, R> parts,
            QueueTopic topic,
            Submitting<J, R> local,
            WorkerOptions options,
            JobHandler<J, R> handler,
            Runnable onClosed) {
        this.parts = parts;
        this.topic = topic;
        this.local = local;
        this.onClosed = onClosed;
        this.self = new SubmitterKey(parts.node().id(), local.store().ledger());
        this.tasks = new Tasks<>(
                parts.type(),
                options.jobsAtATime(),
                handler,
                (task, outcome) -> parts.thread().tell(() -> onFinished(task, outcome)));
        this.desk = new Desk(options.jobsAtATime(), new ToTasks(), parts.counts());
    }

    private final class ToTasks implements Desk.Outbox {
        @Override
        public void start(TaskKey task, int attempt, byte[] payload) {
            tasks.start(task, attempt, payload);
        }

        @Override
        public void interrupt(TaskKey task) {
            tasks.interrupt(task);
        }
    }

    /**
     * Serves the protocol; on the thread of the application.
     *
     * @throws IllegalStateException if somebody else does already
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not
     */
    void serve() {
        StreamOptions options = StreamOptions.builder()
                .manualCredit(true)
                .dispatch(Dispatch.INLINE)
                .build();
        served = parts.node().streams().serve(parts.type().protocol(), options, this::onStream);
    }

    /** Takes jobs, of the submitter of the same queue object as well. */
    void begin() {
        desk.onSubmitter(self, direct(local.onLocalWorker(direct(earFor(self)))));
        topic.work(parts.nowMillis());
    }

    // ---- submitters

    /** On the event loop. */
    private StreamListener onStream(Stream stream) {
        if (!parts.type().codec().contentType().equals(stream.headers().get(QueueParts.CODEC_HEADER))) {
            return refused(
                    stream,
                    StreamCode.REFUSED,
                    "this worker reads " + parts.type().codec().contentType());
        }
        SubmitterKey submitter;
        try {
            submitter = new SubmitterKey(stream.peer(), SubmitterLink.ledgerOf(stream));
        } catch (IllegalArgumentException e) {
            return refused(stream, StreamCode.REFUSED, "which ledger?");
        }
        if (!parts.rights().mayWork(self.node())) {
            return refused(stream, StreamCode.REFUSED, "no right to work on this queue");
        }
        SubmitterLink link = new SubmitterLink(this, parts, submitter, stream);
        streams.add(stream);
        parts.thread().tell(() -> onLinked(link));
        return link;
    }

    private StreamListener refused(Stream stream, StreamCode code, String why) {
        parts.thread().tell(() -> parts.counts().add(Incident.WORK_STREAMS_REFUSED));
        stream.reset(code, why);
        return DEAF;
    }

    private void onLinked(SubmitterLink link) {
        SubmitterKey submitter = link.submitter();
        SubmitterLink before = links.get(submitter);
        if (before != null) {
            before.end(StreamCode.CANCELLED, "another stream took its place");
        }
        NodeId node = submitter.node();
        long ofNode =
                links.keySet().stream().filter(key -> key.node().equals(node)).count();
        if (links.size() >= MAX_SUBMITTERS || ofNode >= MAX_SUBMITTERS_OF_A_NODE || submitter.equals(self)) {
            parts.counts().add(Incident.WORK_STREAMS_REFUSED);
            link.end(StreamCode.LIMIT, "too many submitters");
            return;
        }
        links.put(submitter, link);
        desk.onSubmitter(submitter, link.mouth());
    }

    OpenStreams streams() {
        return streams;
    }

    void onUnlinked(SubmitterLink link) {
        if (links.remove(link.submitter(), link)) {
            desk.onSubmitterGone(link.submitter());
        }
    }

    /** What a submitter says goes to the desk. */
    ToWorker earFor(SubmitterKey submitter) {
        return new ToWorker() {
            @Override
            public void onJob(UUID job, int assignment, int attempt, byte[] payload) {
                SubmitterLink link = links.get(submitter);
                if (link != null && !isAllowed(submitter.node())) {
                    parts.counts().add(Incident.WORK_STREAMS_REFUSED);
                    link.end(StreamCode.REFUSED, "no right to this queue any more");
                    return;
                }
                desk.onJob(submitter, job, assignment, attempt, payload);
            }

            @Override
            public void onAcknowledged(UUID job, int assignment) {
                desk.onAcknowledged(submitter, job, assignment);
                tellIdle();
            }

            @Override
            public void onCancelled(UUID job, int assignment) {
                desk.onCancelled(submitter, job, assignment);
                tellIdle();
            }
        };
    }

    /** Rights may have been taken away since the stream was opened. */
    private boolean isAllowed(NodeId submitter) {
        return parts.rights().maySubmit(submitter) && parts.rights().mayWork(self.node());
    }

    /** From the submitter of the same queue object: each word is an input of its own, as if it came on a stream. */
    private ToWorker direct(ToWorker ear) {
        return QueueFrames.toWorker(message -> parts.thread().tell(() -> {
            try {
                QueueFrames.read(message, ear);
            } catch (QueueFrames.Malformed e) {
                throw new AssertionError(e);
            }
        }));
    }

    /** The other direction. */
    private ToSubmitter direct(ToSubmitter ear) {
        return QueueFrames.toSubmitter(message -> parts.thread().tell(() -> {
            try {
                QueueFrames.read(message, ear);
            } catch (QueueFrames.Malformed e) {
                throw new AssertionError(e);
            }
        }));
    }

    // ---- time

    private void onFinished(TaskKey task, TaskOutcome outcome) {
        desk.onFinished(task, outcome, parts.nowMillis());
        tellIdle();
    }

    void onTime(long nowMillis) {
        desk.onTime(nowMillis);
        tellIdle();
    }

    long nextMillis() {
        return desk.nextMillis();
    }

    private void tellIdle() {
        if (isDraining && desk.isIdle()) {
            topic.leave(); // not before: whoever waits for what it has must find it
        }
        leaving.removeIf(waiting -> {
            boolean isIdle = waiting.isAcknowledged ? desk.isIdle() : desk.running() == 0;
            return isIdle && waiting.done.complete(true);
        });
    }

    // ---- the application

    @Override
    public int running() {
        return parts.ask(desk::running);
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        return leave(true, limit);
    }

    /** Takes no more jobs, and waits until nothing runs, and everything is acknowledged if that is asked for. */
    private boolean leave(boolean isAcknowledged, Duration limit) throws InterruptedException {
        Leaving wait = new Leaving(parts.module().newFuture(), isAcknowledged);
        boolean isAsked = parts.ask(() -> {
            desk.leave();
            topic.drain(parts.nowMillis());
            local.onLocalWorkerDrains();
            isDraining = true;
            if (!isAcknowledged) {
                desk.interruptAll();
            }
            leaving.add(wait);
            tellIdle();
            return true;
        });
        boolean isDone = isAsked && parts.module().await(wait.done, limit);
        if (!isDone) {
            parts.thread().tell(() -> leaving.remove(wait));
        }
        return isDone;
    }

    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        try {
            boolean unused = leave(false, CLOSE_LIMIT) && leave(true, TELL_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // what runs is given up
        } catch (IllegalStateException e) {
            LOG.debug("nothing is waited for: {}", e.getMessage()); // as in endPatiently
        } finally {
            served.close();
            endPatiently();
        }
    }

    /** Somebody else may work when this returns, if it could wait for that. */
    private void endPatiently() {
        try {
            boolean unused = parts.askPatiently(() -> {
                end();
                return true;
            });
        } catch (IllegalStateException cannotWait) { // on an event loop, on the thread of the queue, or after its end
            parts.thread().tell(this::end);
        }
    }

    /** Ends the streams, and interrupts what still runs. */
    void end() {
        desk.leave(); // a stream may just be coming
        served.close();
        desk.interruptAll();
        tasks.close();
        topic.leave();
        List.copyOf(links.values()).forEach(link -> link.end(StreamCode.CANCELLED, "the worker was closed"));
        streams.close();
        desk.onSubmitterGone(self);
        local.onLocalWorkerGone();
        onClosed.run();
    }
}
