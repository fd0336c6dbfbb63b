package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiException;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.HistoryFrom;
import io.chaski.streamer.work.JobRefusedException;
import io.chaski.streamer.work.JobRefusedException.Problem;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads the history of copies once, from its beginning: of each job of one queue of one submitter the last word counts. Its calls come one after
 * the other.
 */
final class CopyReader {

    /** Of 1,024 words or 4 MiB each: more than keepers have within the largest retention, so that one that goes on for ever does not. */
    static final int MAX_PAGES = 16_384;

    /** As many as a queue may have. */
    static final int MAX_JOBS = 1_000_000;

    /** As much as keepers have in the usual retention; in memory until all is read. */
    static final long MAX_BYTES = 256L << 20;

    private final NodeId submitter;
    private final String queue;
    private final DurableTopic<byte[]> topic;
    private final Map<UUID, JobEntry> jobs = new HashMap<>();
    private final CompletableFuture<Collection<JobEntry>> result = new CompletableFuture<>();
    private long bytes;
    private int pages;
    private long unreadable;

    CopyReader(NodeId submitter, String queue, DurableTopic<byte[]> topic) {
        this.submitter = submitter;
        this.queue = queue;
        this.topic = topic;
    }

    /** Words of the submitter that are none. */
    long unreadable() {
        return unreadable;
    }

    /** Begins to read; completes with jobs in the order of submission, and dead letters in that in which they died. */
    CompletableFuture<Collection<JobEntry>> read() {
        readFrom(HistoryFrom.start());
        return result;
    }

    private void readFrom(HistoryFrom from) {
        try {
            var unused = topic.history(from, HistoryFrom.MAX_MESSAGES).whenComplete(this::onPage);
        } catch (ChaskiException | IllegalStateException closed) { // or not allowed any more
            result.completeExceptionally(closed);
        }
    }

    private void onPage(@Nullable List<Message<byte[]>> page, @Nullable Throwable failure) {
        try {
            onPageOrFailure(page, failure);
        } catch (RuntimeException | Error broken) { // whoever waits hears of it: there may be no memory for all of it
            result.completeExceptionally(broken);
        }
    }

    private void onPageOrFailure(@Nullable List<Message<byte[]>> page, @Nullable Throwable failure) {
        if (page == null) {
            result.completeExceptionally(failure == null ? new IllegalStateException("no page") : failure);
            return;
        }
        pages++;
        for (Message<byte[]> message : page) {
            if (message.origin().equals(submitter)) {
                take(message.payload());
            }
        }
        Optional<JobRefusedException> excess = excess();
        if (excess.isPresent()) {
            result.completeExceptionally(excess.get());
        } else if (page.isEmpty()) {
            result.complete(jobs.values().stream().sorted(Ledger.IN_ORDER).toList());
        } else {
            readFrom(HistoryFrom.after(page.get(page.size() - 1)));
        }
    }

    private void take(byte[] message) {
        Optional<CopyWord> word = CopyWord.decode(message);
        if (word.isEmpty()) {
            unreadable++;
            return;
        }
        if (word.get().queue().equals(queue)) {
            take(word.get().id(), word.get().job());
        }
    }

    private void take(UUID id, Optional<JobEntry> word) {
        JobEntry before = jobs.remove(id);
        word.ifPresent(job -> jobs.put(id, job));
        bytes += word.map(JobEntry::bytes).orElse(0L) - (before == null ? 0 : before.bytes());
    }

    /** Why this is more than can be read. */
    private Optional<JobRefusedException> excess() {
        if (pages > MAX_PAGES || jobs.size() > MAX_JOBS) {
            return Optional.of(
                    new JobRefusedException(Problem.TOO_MANY_JOBS, "keepers have more than a queue may have"));
        }
        if (bytes > MAX_BYTES) {
            return Optional.of(new JobRefusedException(
                    Problem.TOO_MANY_BYTES,
                    "keepers have more than " + MAX_BYTES + " bytes of jobs that have not ended"));
        }
        return Optional.empty();
    }
}
