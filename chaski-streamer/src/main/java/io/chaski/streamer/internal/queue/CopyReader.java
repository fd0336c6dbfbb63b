package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiException;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.HistoryFrom;
import io.chaski.streamer.work.JobRefusedException;
import io.chaski.streamer.work.JobRefusedException.Problem;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads the history of copies once, from its beginning: of each job of one submitter the last word counts. Has no more in memory than the
 * queue may have, and one page. Its calls come one after the other.
 */
final class CopyReader {

    /** Of 1,024 words each: more than any queue says within a retention, so that a keeper that goes on for ever does not. */
    static final int MAX_PAGES = 16_384;

    private final NodeId submitter;
    private final DurableTopic<byte[]> topic;
    private final WorkQueueOptions options;
    private final Map<UUID, JobEntry> jobs = new LinkedHashMap<>();
    private final CompletableFuture<Collection<JobEntry>> result = new CompletableFuture<>();
    private long bytes;
    private int pages;
    private long unreadable;

    CopyReader(NodeId submitter, DurableTopic<byte[]> topic, WorkQueueOptions options) {
        this.submitter = submitter;
        this.topic = topic;
        this.options = options;
    }

    /** Words of the submitter that are none. */
    long unreadable() {
        return unreadable;
    }

    /** Begins to read; completes with what has not ended, and dead letters, in the order in which they were heard of first. */
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
        if (page == null) {
            result.completeExceptionally(failure == null ? new IllegalStateException("no page") : failure);
            return;
        }
        for (Message<byte[]> message : page) {
            if (message.origin().equals(submitter)) {
                take(message.payload());
            }
        }
        Optional<JobRefusedException> excess = excess();
        if (excess.isPresent()) {
            result.completeExceptionally(excess.get());
        } else if (page.isEmpty()) {
            result.complete(List.copyOf(jobs.values()));
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
        JobEntry now = word.get().job().orElse(null);
        JobEntry before =
                now == null ? jobs.remove(word.get().id()) : jobs.put(word.get().id(), now);
        bytes += (now == null ? 0 : now.bytes()) - (before == null ? 0 : before.bytes());
    }

    /** Why this is more than the queue can have, or its keepers can have heard of it. */
    private Optional<JobRefusedException> excess() {
        if (++pages > MAX_PAGES || jobs.size() > options.maxJobs() + options.maxDeadLetters()) {
            return Optional.of(
                    new JobRefusedException(Problem.TOO_MANY_JOBS, "more are kept than this queue may have"));
        }
        if (bytes / 2 > options.maxBytes()) { // of jobs, and as much of dead letters
            return Optional.of(
                    new JobRefusedException(Problem.TOO_MANY_BYTES, "more is kept than this queue may have"));
        }
        return Optional.empty();
    }
}
