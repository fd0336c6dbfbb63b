package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.core.RequestTimeoutException;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Source;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the keepers of a topic for a page of its history, one after the other until one answers. Thread-safe. */
public final class HistoryRequest {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryRequest.class);

    /** A keeper that does not answer must not take all the time. */
    private static final int SHARES = 3;

    /** A page, and the largest message behind it. */
    private static final int MAX_BYTES = ReaderSession.PAGE_BYTES + 2 * KeeperFrame.MAX_BODY_BYTES;

    private final DurableNode hub;
    private final String topic;
    private final HistoryPlace from;
    private final int limit;
    private final Duration deadline;
    private final Deque<NodeId> keepers;
    private final CompletableFuture<List<Item>> result;

    /** A message of the history; the body holds its envelope and is not to be changed. */
    public record Item(Source source, long sequence, ByteBuffer body) {}

    private HistoryRequest(DurableNode hub, String topic, HistoryPlace from, int limit, Duration deadline) {
        this.hub = hub;
        this.topic = topic;
        this.from = from;
        this.limit = limit;
        this.deadline = deadline;
        this.keepers = new ArrayDeque<>(hub.others(topic));
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
     * @return in the order of the history; fails with {@link RequestTimeoutException} if no keeper has answered
     */
    public static CompletableFuture<List<Item>> send(
            DurableNode hub, String topic, HistoryPlace from, int limit, Duration deadline) {
        HistoryRequest request = new HistoryRequest(hub, topic, from, limit, deadline);
        hub.module().after(deadline, request::giveUp);
        hub.keeper(topic).ifPresentOrElse(request::readHere, request::askNext);
        return request.result;
    }

    private void giveUp() {
        if (!result.isDone()) {
            hub.module().fail(result, new RequestTimeoutException("the history of " + topic, deadline));
        }
    }

    private void readHere(Keeper keeper) {
        hub.threads().execute(() -> {
            try {
                List<Item> items = new ArrayList<>();
                for (KeptMessage message : ReaderSession.page(keeper, from, limit)) {
                    items.add(new Item(message.source(), message.sequence(), message.body()));
                }
                hub.module().complete(result, List.copyOf(items));
            } catch (TopicStoreException broken) {
                hub.module().fail(result, broken);
            }
        });
    }

    private synchronized void askNext() {
        if (result.isDone()) {
            return;
        }
        NodeId next = keepers.poll();
        if (next == null) {
            // All that were known have been asked; somebody may be found yet.
            hub.module().after(deadline.dividedBy(2L * SHARES), this::askAgain);
            return;
        }
        Answer answer = new Answer();
        hub.module().after(deadline.dividedBy(SHARES), answer::leave);
        var unused = hub.open(next, topic, Role.HISTORY, answer)
                .whenComplete((line, failure) -> answer.onOpen(line, failure));
    }

    private synchronized void askAgain() {
        keepers.addAll(hub.others(topic));
        askNext();
    }

    /** What one keeper answers. */
    private final class Answer implements Line.Listener {
        private final List<Item> items = new ArrayList<>();
        private long bytes;
        private @Nullable Line line;
        private boolean hasEnded;

        void onOpen(@Nullable Line opened, @Nullable Throwable failure) {
            if (opened == null) {
                LOG.debug("{}: a keeper is not asked for history", topic, failure);
                onEnd();
                return;
            }
            synchronized (this) {
                line = opened;
            }
            if (!opened.offer(new KeeperFrame.Ask(from, limit))) {
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
                    hasEnded = true;
                }
                hub.module().complete(result, all);
                endLine();
            } else if (!(frame instanceof KeeperFrame.Messages messages) || !add(messages)) {
                hub.counters().add(Counters.REFUSED);
                leave();
            }
        }

        private synchronized boolean add(KeeperFrame.Messages messages) {
            for (KeeperFrame.Item each : messages.items()) {
                items.add(new Item(each.source(), each.sequence(), ByteBuffer.wrap(each.body())));
                bytes += each.body().length;
            }
            return bytes <= MAX_BYTES && items.size() <= limit;
        }

        /** Asks the next one, unless this one has answered. */
        void leave() {
            endLine();
            onEnd();
        }

        private void endLine() {
            Line open;
            synchronized (this) {
                open = line;
            }
            if (open != null) {
                open.end();
            }
        }

        @Override
        public void onEnd() {
            synchronized (this) {
                if (hasEnded) {
                    return;
                }
                hasEnded = true;
            }
            askNext();
        }
    }
}
