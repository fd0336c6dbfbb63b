package io.chaski.streamer.internal.keep;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import io.chaski.streamer.internal.durable.Appended;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.Holding;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Recovery;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store in memory that answers at once, for virtual time: what it has survives its closing, as a disk does. */
public final class MemoryTopicStore implements TopicStore {

    private final UUID id;
    private final int mostMessages;
    private final TreeMap<HistoryPosition, KeptMessage> history = new TreeMap<>();
    private final Map<Source, TreeMap<Long, KeptMessage>> kept = new TreeMap<>();
    private final Map<Source, Sequences> trimmed = new TreeMap<>();
    private final Deque<KeptMessage> arrivals = new ArrayDeque<>();
    private final Map<String, Map<Source, Long>> cursors = new TreeMap<>();
    private boolean isClosed;

    /** What every append and every cursor fails with; null if they succeed. */
    public @Nullable Problem problem;

    /** What every cursor fails with; null if they succeed. */
    public @Nullable Problem cursorProblem;

    /** What reading the history throws; null if it does not. */
    public @Nullable Error bug;

    /** Most cursors of all consumers together; those beyond fail with {@code TOO_MANY}. */
    public int mostCursors = Integer.MAX_VALUE;

    public MemoryTopicStore(long number, int mostMessages) {
        this.id = new UUID(0, number);
        this.mostMessages = mostMessages;
    }

    /** Again after it was closed, or after a crash. */
    public synchronized MemoryTopicStore reopened() {
        isClosed = false;
        return this;
    }

    @Override
    public UUID id() {
        return id;
    }

    @Override
    public Recovery recovery() {
        return new Recovery(0, false, 0);
    }

    private <V> CompletableFuture<V> failed() {
        return failed(Objects.requireNonNull(problem));
    }

    private <V> CompletableFuture<V> failed(Problem problem) {
        Problem why = isClosed ? Problem.CLOSED : problem;
        return CompletableFuture.failedFuture(new TopicStoreException(why, "in memory", null));
    }

    /** Why no cursor is changed now; null if it can be. */
    private @Nullable Problem cursorProblem() {
        if (isClosed) {
            return Problem.CLOSED;
        }
        return problem != null ? problem : cursorProblem;
    }

    @Override
    public synchronized CompletableFuture<Appended> append(KeptMessage message) {
        if (isClosed || problem != null) {
            return failed();
        }
        if (trimmed.getOrDefault(message.source(), Sequences.NONE).contains(message.sequence())) {
            return CompletableFuture.completedFuture(Appended.TRIMMED);
        }
        TreeMap<Long, KeptMessage> ofSource = kept.computeIfAbsent(message.source(), source -> new TreeMap<>());
        KeptMessage known = ofSource.putIfAbsent(message.sequence(), message);
        if (known != null) {
            return CompletableFuture.completedFuture(known.equals(message) ? Appended.DUPLICATE : Appended.CONFLICT);
        }
        history.put(message.position(), message);
        arrivals.add(message);
        if (arrivals.size() > mostMessages) {
            KeptMessage oldest = arrivals.remove();
            history.remove(oldest.position());
            kept.get(oldest.source()).remove(oldest.sequence());
            trimmed.merge(oldest.source(), Sequences.of(oldest.sequence(), oldest.sequence()), Sequences::plus);
        }
        return CompletableFuture.completedFuture(Appended.STORED);
    }

    @Override
    public int maxBodyBytes() {
        return 1 << 20;
    }

    @Override
    public synchronized CompletableFuture<Void> advance(String consumer, Source source, long sequence) {
        if (cursorProblem() != null) {
            return failed(cursorProblem());
        }
        Map<Source, Long> bySource = cursors.computeIfAbsent(consumer, unused -> new TreeMap<>());
        if (!bySource.containsKey(source) && cursors() >= mostCursors) {
            return failed(Problem.TOO_MANY);
        }
        bySource.merge(source, sequence, Math::max);
        return CompletableFuture.completedFuture(null);
    }

    /** Of all consumers. */
    public synchronized int cursors() {
        return cursors.values().stream().mapToInt(Map::size).sum();
    }

    @Override
    public synchronized CompletableFuture<Void> forget(String consumer, Source source) {
        if (cursorProblem() != null) {
            return failed(cursorProblem());
        }
        cursors.getOrDefault(consumer, Map.of()).remove(source);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletableFuture<Void> forget(String consumer) {
        if (cursorProblem() != null) {
            return failed(cursorProblem());
        }
        cursors.remove(consumer);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> sync() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> trim() {
        return CompletableFuture.completedFuture(null);
    }

    private void requireOpen() {
        if (isClosed) {
            throw new TopicStoreException(Problem.CLOSED, "in memory", null);
        }
    }

    @Override
    public synchronized Map<Source, Holding> holdings() {
        requireOpen();
        if (problem == Problem.FAILED) {
            throw new TopicStoreException(problem, "in memory", null);
        }
        Map<Source, Holding> all = new TreeMap<>();
        kept.forEach((source, messages) -> {
            Sequences has = Sequences.NONE;
            for (long sequence : messages.keySet()) {
                has = has.plus(sequence, sequence);
            }
            all.put(source, new Holding(has, trimmed.getOrDefault(source, Sequences.NONE)));
        });
        return all;
    }

    @Override
    public synchronized long messages() {
        if (problem == Problem.FAILED) {
            throw new TopicStoreException(problem, "in memory", null);
        }
        return history.size();
    }

    @Override
    public synchronized long sizeBytes() {
        return history.values().stream().mapToLong(KeptMessage::lengthBytes).sum();
    }

    private static List<KeptMessage> page(Collection<KeptMessage> from, int maxBytes) {
        List<KeptMessage> page = new ArrayList<>();
        long bytes = 0;
        for (KeptMessage message : from) {
            if (bytes >= maxBytes && !page.isEmpty() || page.size() == MAX_MESSAGES_PER_READ) {
                break;
            }
            page.add(message);
            bytes += message.body().remaining();
        }
        return page;
    }

    @Override
    public synchronized List<KeptMessage> read(Source source, long first, long last, int maxBytes) {
        requireOpen();
        return page(
                kept.getOrDefault(source, new TreeMap<>())
                        .subMap(first, true, last, true)
                        .values(),
                maxBytes);
    }

    @Override
    public synchronized List<KeptMessage> history(HistoryPosition after, int maxBytes) {
        if (bug != null) {
            throw bug;
        }
        requireOpen();
        return page(history.tailMap(after, false).values(), maxBytes);
    }

    @Override
    public synchronized HistoryPosition beforeLast(long messages) {
        List<KeptMessage> all = List.copyOf(history.values());
        return all.size() <= messages
                ? HistoryPosition.START
                : all.get(all.size() - 1 - (int) messages).position();
    }

    @Override
    public synchronized Set<String> consumers() {
        return Set.copyOf(cursors.keySet());
    }

    @Override
    public synchronized Map<Source, Long> cursor(String consumer) {
        return new TreeMap<>(cursors.getOrDefault(consumer, Map.of()));
    }

    @Override
    public void verify() {}

    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
