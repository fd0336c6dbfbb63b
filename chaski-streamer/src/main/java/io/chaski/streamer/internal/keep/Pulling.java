package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A keeper asks the others for what it lacks: one at a time, so that nothing is brought twice. One that it has not heard of
 * before, or not for as long as a lease, is asked at once, and all of them every half minute. Thread-safe.
 */
final class Pulling {

    private static final Logger LOG = LoggerFactory.getLogger(Pulling.class);

    private static final long ROUND_NANOS = Duration.ofSeconds(30).toNanos();

    /** Not all keepers at the same instant. */
    private static final long SPREAD_NANOS = Duration.ofSeconds(5).toNanos();

    /** One that says nothing for so long is left. */
    private static final long IDLE_NANOS = Duration.ofSeconds(20).toNanos();

    private final DurableNode hub;
    private final Keeper keeper;
    private final RandomGenerator random;

    /** One that was not heard of for so long is not waited for. */
    private static final long ABSENCE_NANOS = Duration.ofMinutes(10).toNanos();

    /** As many as are waited for. */
    private static final int MAX_KNOWN = 64;

    /** Asked in this round. */
    private final Set<NodeId> asked = new LinkedHashSet<>();

    /** Those that were heard of lately, the latest last. */
    private final Map<NodeId, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Known> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    private long nextRoundNanos;
    private @Nullable Pull current;
    private boolean isClosed;

    /** A keeper that was heard of. */
    private static final class Known {
        long heardNanos;
        long askedNanos;
        boolean hasAnswered;
    }

    Pulling(DurableNode hub, Keeper keeper) {
        this.hub = hub;
        this.keeper = keeper;
        this.random = hub.module().newRandom();
        this.nextRoundNanos = keeper.nanoTime() + ROUND_NANOS;
    }

    synchronized void onTick(long nowNanos) {
        List<NodeId> others = hub.others(keeper.topicName());
        others.forEach(each -> known.computeIfAbsent(each, unused -> new Known()).heardNanos = nowNanos);
        known.values().removeIf(each -> nowNanos - each.heardNanos >= ABSENCE_NANOS);
        if (current != null) {
            current.onTick(nowNanos);
            return;
        }
        asked.retainAll(others);
        if (nowNanos - nextRoundNanos >= 0) {
            asked.clear();
            nextRoundNanos = nowNanos + ROUND_NANOS + random.nextLong(SPREAD_NANOS);
        }
        Optional<NodeId> next =
                others.stream().filter(each -> !asked.contains(each)).findFirst();
        if (next.isPresent() && !isClosed) {
            asked.add(next.get());
            ask(next.get(), nowNanos);
        }
    }

    private void ask(NodeId other, long nowNanos) {
        Map<Source, Sequences> have = new LinkedHashMap<>();
        try {
            keeper.store()
                    .holdings()
                    .forEach(
                            (source, holding) -> have.put(source, holding.kept().plus(holding.trimmed())));
        } catch (TopicStoreException broken) {
            LOG.debug("{}: nothing is asked of other keepers", keeper.topicName(), broken);
            return;
        }
        Pull pull = new Pull(other, Feed.haves(have), nowNanos);
        current = pull;
        var unused = hub.open(other, keeper.topicName(), Role.PULL, pull)
                .whenComplete((line, failure) -> pull.onOpen(line, failure));
    }

    /** Whether all that were heard of lately have answered a question that was asked since an instant. */
    synchronized boolean isAskedSince(long sinceNanos) {
        return known.values().stream().allMatch(each -> each.hasAnswered && each.askedNanos - sinceNanos >= 0);
    }

    private synchronized void onAnswered(Pull pull) {
        Known answered = known.get(pull.other);
        if (answered != null) {
            answered.hasAnswered = true;
            answered.askedNanos = pull.askedNanos;
        }
    }

    private synchronized void onDone(Pull pull) {
        if (current == pull) {
            current = null;
        }
    }

    synchronized void close() {
        isClosed = true;
        if (current != null) {
            current.leave();
        }
    }

    /** One exchange with one keeper. */
    private final class Pull implements Line.Listener {
        private final NodeId other;
        private final long askedNanos;
        private final Deque<KeeperFrame> unsaid;
        private long heardNanos;
        private @Nullable Line line;
        private boolean hasEnded;

        Pull(NodeId other, List<KeeperFrame.Have> haves, long nowNanos) {
            this.other = other;
            this.askedNanos = nowNanos;
            this.unsaid = new ArrayDeque<>(haves);
            this.heardNanos = nowNanos;
        }

        void onOpen(@Nullable Line opened, @Nullable Throwable failure) {
            if (opened == null) {
                LOG.debug("{}: a keeper cannot be asked", keeper.topicName(), failure);
                onEnd();
                return;
            }
            synchronized (this) {
                line = opened;
                if (hasEnded) {
                    opened.refuse("too late");
                }
            }
            onWritable();
        }

        @Override
        public synchronized void onWritable() {
            while (line != null && !unsaid.isEmpty() && line.offer(unsaid.element())) {
                unsaid.remove();
            }
        }

        @Override
        public void onFrame(KeeperFrame frame, Runnable taken) {
            synchronized (this) {
                heardNanos = keeper.nanoTime();
            }
            if (frame instanceof KeeperFrame.Messages messages) {
                CompletableFuture<?>[] appended =
                        messages.items().stream().map(this::append).toArray(CompletableFuture<?>[]::new);
                var unused = CompletableFuture.allOf(appended).whenComplete((nothing, failure) -> taken.run());
            } else if (frame instanceof KeeperFrame.Done) {
                onAnswered(this);
                leave();
            } else {
                keeper.counters().add(Counters.REFUSED);
                leave();
            }
        }

        private CompletableFuture<?> append(KeeperFrame.Item item) {
            keeper.counters().add(Counters.PULLED);
            return keeper.append(item);
        }

        void onTick(long nowNanos) {
            boolean isIdle;
            synchronized (this) {
                isIdle = nowNanos - heardNanos >= IDLE_NANOS;
            }
            if (isIdle) {
                leave();
            }
        }

        void leave() {
            Line open;
            synchronized (this) {
                hasEnded = true;
                open = line;
            }
            if (open != null) {
                open.end();
            }
            onDone(this);
        }

        @Override
        public void onEnd() {
            synchronized (this) {
                hasEnded = true;
            }
            onDone(this);
        }
    }
}
