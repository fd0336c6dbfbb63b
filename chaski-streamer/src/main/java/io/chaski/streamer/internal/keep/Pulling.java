package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
    private static final long ABSENCE_NANOS = Feed.LONGEST_PATIENCE_NANOS;

    /** As many as are waited for. */
    private static final int MAX_KNOWN = 64;

    private final Attempts attempts = new Attempts();

    /** Asked in this round. */
    private final Set<NodeId> asked = new LinkedHashSet<>();

    /** Those that were heard of lately, the first ones first. */
    private final Map<NodeId, Known> known = new LinkedHashMap<>();

    private long nextRoundNanos;
    private @Nullable Pull current;
    private boolean isClosed;

    /**
     * A keeper that was heard of. One that has never answered, or not for ten minutes, is not waited for any more when it was asked
     * once more: anybody may announce itself.
     */
    private static final class Known {
        long heardNanos;
        long askedNanos;
        boolean hasAnswered;
        boolean isAsked;

        boolean isAwaited(long sinceNanos) {
            return !isAsked || askedNanos - sinceNanos < 0;
        }

        void onAnswered(long whenAskedNanos) {
            hasAnswered = true;
            isAsked = true;
            askedNanos = whenAskedNanos;
        }

        void onFailed(long whenAskedNanos) {
            if (!hasAnswered || whenAskedNanos - askedNanos >= ABSENCE_NANOS) {
                hasAnswered = false;
                isAsked = true;
                askedNanos = whenAskedNanos;
            }
        }
    }

    Pulling(DurableNode hub, Keeper keeper) {
        this.hub = hub;
        this.keeper = keeper;
        this.random = hub.module().newRandom();
        this.nextRoundNanos = keeper.nanoTime() + ROUND_NANOS;
    }

    synchronized void onTick(long nowNanos) {
        List<NodeId> others = hub.others(keeper.topicName());
        known.entrySet()
                .removeIf(each -> nowNanos - each.getValue().heardNanos >= ABSENCE_NANOS
                        || !hub.rights().mayKeep(each.getKey(), keeper.topicName()));
        others.stream()
                .filter(each -> known.size() < MAX_KNOWN || known.containsKey(each))
                .forEach(each -> known.computeIfAbsent(each, unused -> new Known()).heardNanos = nowNanos);
        if (current != null) {
            current.onTick(nowNanos);
            return;
        }
        asked.retainAll(others);
        if (nowNanos - nextRoundNanos >= 0) {
            asked.clear();
            nextRoundNanos = nowNanos + ROUND_NANOS + random.nextLong(SPREAD_NANOS);
        }
        Optional<NodeId> next = attempts.order(others).stream()
                .filter(each -> !asked.contains(each))
                .findFirst();
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

    /** Whether all that were heard of lately, and are of use, have answered a question that was asked since an instant. */
    synchronized boolean isAskedSince(long sinceNanos) {
        return known.values().stream().noneMatch(each -> each.isAwaited(sinceNanos));
    }

    /** A question has ended; whether all that was brought is stored, or never will be. */
    private synchronized void onDone(Pull pull, boolean isAnswered) {
        if (current != pull) {
            return;
        }
        current = null;
        Optional<Known> asked = Optional.ofNullable(known.get(pull.other));
        if (isAnswered) {
            attempts.onWorked(pull.other);
            asked.ifPresent(each -> each.onAnswered(pull.askedNanos));
        } else {
            attempts.onFailed(pull.other);
            asked.ifPresent(each -> each.onFailed(pull.askedNanos));
        }
    }

    synchronized void close() {
        isClosed = true;
        if (current != null) {
            current.leave(false);
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

        /** What was brought and is not stored yet. */
        private int unstored;

        /** Something could not be stored, and may be later: it has to be brought again. */
        private boolean isLacking;

        private boolean isAll;

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
                take(messages, taken);
            } else if (frame instanceof KeeperFrame.Done) {
                synchronized (this) {
                    isAll = true;
                }
                finish();
            } else {
                keeper.counters().add(Counters.REFUSED);
                leave(false);
            }
        }

        private void take(KeeperFrame.Messages messages, Runnable taken) {
            List<CompletableFuture<Void>> appended = new ArrayList<>();
            for (KeeperFrame.Item item : messages.items()) {
                keeper.counters().add(Counters.PULLED);
                synchronized (this) {
                    unstored++;
                }
                appended.add(keeper.append(item).thenAccept(this::onAppended));
            }
            var unused = CompletableFuture.allOf(appended.toArray(CompletableFuture<?>[]::new))
                    .whenComplete((nothing, failure) -> taken.run());
        }

        /** On the thread of the store, which must not wait. */
        private void onAppended(Optional<Refusal> refusal) {
            boolean isLast;
            synchronized (this) {
                unstored--;
                isLacking |= refusal.filter(Refusal::isPassing).isPresent();
                isLast = isAll && unstored == 0;
            }
            if (isLast) {
                keeper.turns().execute(this::finish);
            }
        }

        /** When it has brought all there is, and that is stored. */
        private void finish() {
            boolean isLate;
            boolean isAnswered;
            synchronized (this) {
                isLate = hasEnded || !isAll || unstored > 0;
                isAnswered = !isLacking;
            }
            if (!isLate) {
                leave(isAnswered);
            }
        }

        void onTick(long nowNanos) {
            boolean isIdle;
            synchronized (this) {
                isIdle = nowNanos - heardNanos >= IDLE_NANOS;
            }
            if (isIdle) {
                leave(false);
            }
        }

        void leave(boolean isAnswered) {
            Line open;
            synchronized (this) {
                hasEnded = true;
                open = line;
            }
            if (open != null) {
                open.refuse("no more is wanted"); // whoever says nothing may not end its side either
            }
            onDone(this, isAnswered);
        }

        /** The other side has ended it; what it has brought before may be all, and may not be stored yet. */
        @Override
        public void onEnd() {
            boolean isOver;
            synchronized (this) {
                isOver = !isAll;
                hasEnded |= isOver;
            }
            if (isOver) {
                onDone(this, false);
            }
        }
    }
}
