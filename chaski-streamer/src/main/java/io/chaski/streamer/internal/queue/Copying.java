package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiException;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.work.JobCopies;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies of the jobs of a submitter at the keepers of a topic. Thread-safe; what is not of {@link JobCopies} is of the thread of the queue. */
final class Copying<J, R extends @Nullable Object> implements JobCopies, CopyBook.Voice {

    private static final Logger LOG = LoggerFactory.getLogger(Copying.class);

    private final QueueParts<J, R> parts;
    private final Submitting<J, R> submitting;
    private final DurableTopic<byte[]> topic;
    private final CopyBook book = new CopyBook(this);
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /** Who waits for copies, on the thread of the queue. */
    private final Map<UUID, CompletableFuture<Boolean>> awaited = new HashMap<>();

    Copying(QueueParts<J, R> parts, Submitting<J, R> submitting, DurableTopic<byte[]> topic) {
        this.parts = parts;
        this.submitting = submitting;
        this.topic = topic;
    }

    /** Who waits for jobs to be restored, on the thread of the queue. */
    private @Nullable CompletableFuture<Integer> restoring;

    CopyBook book() {
        return book;
    }

    // ---- keepers

    @Override
    public void say(UUID job) {
        Optional<JobEntry> left =
                Optional.ofNullable(submitting.ledger().find(job)).filter(JobEntry::isLeft);
        CompletableFuture<Acknowledgement> answer;
        try {
            answer = topic.publish(new CopyWord(parts.type().name(), job, left).encode());
        } catch (ChaskiException | IllegalStateException unsaid) { // not allowed, or the topic or the node is closed
            LOG.debug("{}: nothing is said to keepers: {}", parts.type().name(), unsaid.getMessage());
            parts.thread().tell(() -> onAnswer(job, CopyBook.Answer.UNSENT));
            return;
        }
        var unused = answer.whenComplete((told, failure) -> {
            CopyBook.Answer what = failure == null ? answerIn(told) : CopyBook.Answer.UNKNOWN;
            if (what != CopyBook.Answer.KEPT) {
                LOG.debug(
                        "{}: keepers have not said that they have {}: {}",
                        parts.type().name(),
                        job,
                        told);
            }
            parts.thread().tell(() -> onAnswer(job, what));
        });
    }

    private static CopyBook.Answer answerIn(Acknowledgement told) {
        return switch (told.status()) {
            case KEPT -> CopyBook.Answer.KEPT;
            case NO_KEEPER, BUSY -> CopyBook.Answer.UNSENT;
            case TOO_LARGE -> CopyBook.Answer.HOPELESS;
            case UNKNOWN, DISK_FULL, REFUSED -> CopyBook.Answer.UNKNOWN;
        };
    }

    private void onAnswer(UUID job, CopyBook.Answer what) {
        parts.counts().add(what == CopyBook.Answer.KEPT ? Incident.COPIES_KEPT : Incident.COPIES_UNKEPT);
        book.onAnswer(job, what, parts.nowMillis());
    }

    @Override
    public void settled(UUID job, boolean isCopied) {
        CompletableFuture<Boolean> waiting = awaited.remove(job);
        if (waiting != null) {
            parts.thread().then(() -> parts.module().complete(waiting, isCopied));
        }
    }

    // ---- the application

    @Override
    public CompletableFuture<Boolean> of(UUID job) {
        return parts.ask(() -> {
            Optional<Boolean> isCopied = isClosed.get() ? Optional.empty() : book.isCopied(job);
            if (isCopied.isPresent() && !isCopied.get()) {
                return awaited.computeIfAbsent(job, any -> parts.module().newFuture())
                        .copy(); // whoever gives up waiting does so alone
            }
            CompletableFuture<Boolean> known = parts.module().newFuture();
            parts.module().complete(known, isCopied.isPresent());
            return known;
        });
    }

    @Override
    public CompletableFuture<Integer> restore() {
        if (isClosed.get()) {
            throw new IllegalStateException(
                    "no copies are made any more of " + parts.type().name());
        }
        CompletableFuture<Integer> restored = parts.module().newFuture();
        if (!parts.askPatiently(() -> begin(restored))) { // whoever has begun must go on
            throw new IllegalStateException(
                    "jobs are being restored already of " + parts.type().name());
        }
        CopyReader reader = new CopyReader(parts.node().id(), parts.type().name(), topic);
        var unused = reader.read().whenComplete((copies, failure) -> onRead(reader, copies, failure, restored));
        return restored;
    }

    private boolean begin(CompletableFuture<Integer> restored) {
        boolean isFirst = book.beginReading();
        if (isFirst) {
            restoring = restored;
        }
        return isFirst;
    }

    /** What was read, on the callback executor. */
    private void onRead(
            CopyReader reader,
            @Nullable Collection<JobEntry> copies,
            @Nullable Throwable failure,
            CompletableFuture<Integer> restored) {
        parts.thread().tell(() -> {
            if (restoring != restored) {
                return; // too late
            }
            Set<UUID> ended = book.endReading();
            restoring = null;
            parts.counts().add(Incident.COPIES_UNREADABLE, reader.unreadable());
            if (copies == null) {
                parts.thread().then(() -> fail(restored, failure));
                return;
            }
            adopt(copies, ended, restored);
        });
    }

    private void fail(CompletableFuture<?> future, @Nullable Throwable failure) {
        parts.module().fail(future, failure == null ? new IllegalStateException("nothing was read") : failure);
    }

    private void adopt(Collection<JobEntry> copies, Set<UUID> ended, CompletableFuture<Integer> restored) {
        int come = 0;
        try {
            for (JobEntry copy : copies) {
                if (!ended.contains(copy.id) && submitting.adopt(copy)) {
                    come++;
                }
            }
        } catch (ChaskiException full) {
            parts.thread().then(() -> parts.module().fail(restored, full));
            return;
        }
        int all = come;
        parts.thread().then(() -> parts.module().complete(restored, all));
    }

    // ---- the end

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            parts.thread().tell(() -> submitting.copyNoMore(this));
        }
    }

    /** Nobody waits any more. */
    void end() {
        isClosed.set(true);
        awaited.values().forEach(waiting -> parts.module().complete(waiting, false));
        awaited.clear();
        if (restoring != null) {
            parts.module().fail(restoring, new IllegalStateException("no copies are made any more"));
            restoring = null;
        }
    }
}
