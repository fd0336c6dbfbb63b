package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.RequestTimeoutException;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Source;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the keepers of a topic for a page of its history: one, another one beside it when that brings nothing for a tenth of the
 * time, or so soon that each has its turn, and so on until one has answered. Then all lines end. Those that bring nothing are asked
 * behind all others the next time. Thread-safe.
 */
public final class HistoryRequest implements DurableNode.Ticked {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryRequest.class);

    /** A keeper that does not answer must not take all the time. */
    private static final int SHARES = 10;

    /** Lines at a time; then the oldest makes room. */
    private static final int MAX_LINES = 8;

    /** A page, and the largest message behind it. */
    private static final int MAX_BYTES = ReaderSession.PAGE_BYTES + 2 * KeeperFrame.MAX_BODY_BYTES;

    /** Whoever says nothing may not end its side of a line either. */
    private static final String ENOUGH = "no more is wanted";

    private final DurableNode hub;
    private final String topic;
    private final HistoryPlace from;
    private final int limit;
    private final Duration deadline;
    private final long endNanos;
    private final CompletableFuture<List<Item>> result;

    /** All below is guarded by this. */
    private final Set<NodeId> asked = new HashSet<>();

    /** The oldest is the first. */
    private final List<Answer> answers = new ArrayList<>();

    private long nextNanos;
    private long pauseNanos;
    private boolean hasEnded;

    /** A message of the history; the body holds its envelope and is not to be changed. */
    public record Item(Source source, long sequence, ByteBuffer body) {}

    private HistoryRequest(DurableNode hub, String topic, HistoryPlace from, int limit, Duration deadline) {
        this.hub = hub;
        this.topic = topic;
        this.from = from;
        this.limit = limit;
        this.deadline = deadline;
        this.nextNanos = hub.module().nanoTime();
        this.endNanos = nextNanos + deadline.toNanos();
        this.result = hub.module().newFuture();
    }

    /**
     * Asks.
     *
     * @param hub of the node
     * @param topic its name
     * @param from where the page begins
     * @param limit most messages, 1 to {@value HistoryPlace#MAX_MESSAGES}
     * @param deadline for all of it
     * @return in the order of the history; fails with {@link RequestTimeoutException} if no keeper has answered, and with
     *     {@link NodeClosedException} if the node closes
     * @throws NodeClosedException if it is closed
     */
    public static CompletableFuture<List<Item>> send(
            DurableNode hub, String topic, HistoryPlace from, int limit, Duration deadline) {
        HistoryRequest request = new HistoryRequest(hub, topic, from, limit, deadline);
        Optional<Keeper> here = hub.keeper(topic);
        if (here.isPresent()) {
            request.readHere(here.get());
        } else {
            hub.add(request);
            request.onTick(request.nextNanos);
        }
        return request.result;
    }

    private void readHere(Keeper keeper) {
        hub.threads().execute(() -> {
            try {
                List<Item> items = new ArrayList<>();
                for (KeptMessage message : ReaderSession.page(keeper, from, limit)) {
                    items.add(new Item(message.source(), message.sequence(), message.body()));
                }
                hub.module().complete(result, List.copyOf(items));
            } catch (RuntimeException | Error broken) { // whoever asks must not wait for ever
                hub.module().fail(result, broken);
                if (!(broken instanceof TopicStoreException)) {
                    throw broken;
                }
            }
        });
    }

    @Override
    public String topicName() {
        return topic;
    }

    @Override
    public void onTick(long nowNanos) {
        if (nowNanos - endNanos >= 0) {
            end(() -> hub.module().fail(result, new RequestTimeoutException("the history of " + topic, deadline)));
            return;
        }
        List<NodeId> known = hub.readings().order(hub.others(topic));
        Optional<Answer> next;
        Optional<Answer> oldest;
        synchronized (this) {
            next = next(known, nowNanos);
            oldest = answers.size() > MAX_LINES ? Optional.of(answers.get(0)) : Optional.empty();
        }
        oldest.ifPresent(Answer::leave);
        next.ifPresent(answer -> {
            var unused = hub.open(answer.keeper, topic, Role.HISTORY, answer)
                    .whenComplete((line, failure) -> answer.onOpen(line, failure));
        });
    }

    private Optional<Answer> next(List<NodeId> known, long nowNanos) {
        boolean isDue = nowNanos - nextNanos >= 0;
        if (hasEnded || !isDue && !answers.isEmpty()) {
            return Optional.empty();
        }
        if (isDue) {
            answers.forEach(answer -> hub.readings().onFailed(answer.keeper)); // until it answers after all
        }
        pauseNanos = deadline.toNanos() / Math.max(SHARES, 2 * known.size()); // the last one has half of the time
        Optional<NodeId> next =
                known.stream().filter(each -> !asked.contains(each)).findFirst();
        if (next.isEmpty() && isDue) { // once more, all that say nothing now
            asked.clear();
            answers.forEach(answer -> asked.add(answer.keeper));
        }
        return next.map(keeper -> {
            Answer answer = new Answer(keeper);
            asked.add(keeper);
            answers.add(answer);
            nextNanos = nowNanos + pauseNanos;
            return answer;
        });
    }

    @Override
    public void onNodeClosing() {
        end(() -> hub.module().fail(result, new NodeClosedException(hub.node().name())));
    }

    private void end(Runnable outcome) {
        List<Answer> open;
        synchronized (this) {
            if (hasEnded) {
                return;
            }
            hasEnded = true;
            open = List.copyOf(answers);
        }
        hub.remove(this);
        outcome.run();
        open.forEach(Answer::leave);
    }

    private synchronized void onProgress() {
        nextNanos = hub.module().nanoTime() + pauseNanos;
    }

    private synchronized void remove(Answer answer) {
        answers.remove(answer);
    }

    /** What one keeper answers. */
    private final class Answer implements Line.Listener {
        private final NodeId keeper;
        private final List<Item> items = new ArrayList<>();
        private long bytes;
        private @Nullable Line line;
        private boolean isLeft;

        Answer(NodeId keeper) {
            this.keeper = keeper;
        }

        void onOpen(@Nullable Line opened, @Nullable Throwable failure) {
            if (opened == null) {
                LOG.debug("{}: a keeper is not asked for history", topic, failure);
                hub.readings().onFailed(keeper);
                onEnd();
                return;
            }
            boolean isLate;
            synchronized (this) {
                line = opened;
                isLate = isLeft;
            }
            if (isLate) {
                opened.refuse(ENOUGH);
            } else if (!opened.offer(new KeeperFrame.Ask(from, limit))) {
                leave();
            }
        }

        @Override
        public void onFrame(KeeperFrame frame, Runnable taken) {
            taken.run();
            if (frame instanceof KeeperFrame.Done) {
                List<Item> all;
                synchronized (this) {
                    all = List.copyOf(items);
                }
                hub.readings().onWorked(keeper);
                end(() -> hub.module().complete(result, all));
            } else if (frame instanceof KeeperFrame.Messages messages && add(messages)) {
                onProgress();
            } else {
                hub.counters().add(Counters.REFUSED);
                hub.readings().onFailed(keeper);
                leave();
            }
        }

        /** False for nothing, which keepers do not say here, and for more than was asked for. */
        private synchronized boolean add(KeeperFrame.Messages messages) {
            for (KeeperFrame.Item each : messages.items()) {
                items.add(new Item(each.source(), each.sequence(), ByteBuffer.wrap(each.body())));
                bytes += each.body().length;
            }
            return !messages.items().isEmpty() && bytes <= MAX_BYTES && items.size() <= limit;
        }

        /** Ends the line, as soon as it is open. */
        void leave() {
            Line open;
            synchronized (this) {
                isLeft = true;
                open = line;
            }
            if (open != null) {
                open.refuse(ENOUGH);
            }
            remove(this);
        }

        @Override
        public void onEnd() {
            remove(this);
        }
    }
}
