package io.chaski.streamer.internal.keep;

import io.chaski.core.Delivery;
import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.PulledSubscription;
import io.chaski.core.Registration;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecException;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Action;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.Appended;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.thread.QueuedOnce;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one topic: stores what comes on it, tells publishers, gives readers what they lack, and asks other keepers for what it
 * lacks itself. Lines are dealt with in turns, one at a time. Thread-safe.
 */
final class Keeper implements DurableNode.Ticked, Registration {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    /** Each may have a page of 4 MiB in memory while it takes it. */
    static final int MAX_SESSIONS = 256;

    /** Of one other node: eight of them together are needed to keep everybody else out. */
    static final int MAX_SESSIONS_PER_PEER = 32;

    /** What comes while the disk is busy. What finds no room is brought by its publisher, or asked of another keeper. */
    private static final int CAPACITY = 4_096;

    /** How often it is asked whether the others still may what they do, and whether a missing message was waited for. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    /** How often a keeper says that it is there. */
    private static final long ALIVE_NANOS = Duration.ofSeconds(10).toNanos();

    /** A keeper says something as soon as it knows what a subscriber has; two slow round trips and a busy disk. */
    static final long FIRST_WORD_NANOS = Duration.ofSeconds(5).toNanos();

    /** A keeper that has said nothing for so long is left for another one: it hangs, or its disk does. */
    static final long SILENCE_NANOS = 3 * ALIVE_NANOS;

    private final DurableNode hub;
    private final Topic<?> topic;
    private final TopicStore store;
    private final SerialExecutor turns;
    private final Pulling pulling;

    /** What was stored and is not told yet, as numbers: no more than there is in the store. Guarded by itself. */
    private final Map<Source, Sequences> stored = new LinkedHashMap<>();

    private final QueuedOnce telling;

    /** Of the turns. */
    private final List<KeeperSession> sessions = new ArrayList<>();

    private long nextLookNanos;
    private long nextAliveNanos;
    private volatile @Nullable PulledSubscription<byte[]> subscription;

    /** Whether this node may keep the topic, and can. Without that it stores nothing, and is a keeper to nobody. */
    private volatile boolean isAllowed = true;

    private boolean isSound = true;

    private volatile boolean isClosed;

    Keeper(DurableNode hub, Topic<?> topic, TopicStore store) {
        this.hub = hub;
        this.topic = topic;
        this.store = store;
        this.turns = new SerialExecutor(hub.threads());
        this.telling = new QueuedOnce(turns, this::tell);
        this.nextLookNanos = nanoTime();
        this.nextAliveNanos = nextLookNanos;
        this.pulling = new Pulling(hub, this);
    }

    /**
     * Subscribes.
     *
     * @throws AccessDeniedException if this node may not
     */
    void begin() {
        PulledSubscription<byte[]> messages = hub.messages()
                .pull(
                        topic,
                        SubscribeOptions.builder()
                                .capacity(CAPACITY)
                                .overflow(OverflowPolicy.DROP_NEWEST)
                                .build());
        subscription = messages;
        messages.onAvailable(() -> take(messages));
        if (isClosed) {
            messages.close();
        }
    }

    private boolean isStoreSound() {
        try {
            store.messages();
            return true;
        } catch (TopicStoreException failed) {
            LOG.debug("{}: the store does not answer", topicName(), failed);
            return failed.problem() != TopicStoreException.Problem.FAILED; // it may be closed meanwhile
        }
    }

    /** Whether this node may keep the topic, and can, as of a second ago at most. */
    boolean isAllowed() {
        return isAllowed;
    }

    /** Policies may take the rights of this node, and give them back; a store that has failed stays so until it is opened again. */
    private void askForItself() {
        if (isSound && !isStoreSound()) {
            isSound = false;
            counters().add(Counters.FAILED_STORES);
        }
        boolean may = isSound && hub.rights().may(Action.DURABLE_CREATE, topicName());
        if (may != isAllowed) {
            isAllowed = may;
            String why = isSound ? "policies have changed" : "the disk has failed";
            LOG.warn("{}: this node keeps it {}: {}", topicName(), may ? "again" : "no longer", why);
            hub.announce(topicName(), may);
        }
        PulledSubscription<byte[]> messages = subscription;
        if (may && messages != null && messages.isClosed()) {
            try {
                begin();
            } catch (AccessDeniedException denied) {
                LOG.debug("{}: nothing is heard of it: {}", topicName(), denied.getMessage());
            }
        }
    }

    TopicStore store() {
        return store;
    }

    Executor turns() {
        return turns;
    }

    Counters counters() {
        return hub.counters();
    }

    long nanoTime() {
        return hub.module().nanoTime();
    }

    @Override
    public String topicName() {
        return topic.name();
    }

    // ---- messages

    private void take(PulledSubscription<byte[]> messages) {
        for (Optional<Delivery<byte[]>> next = messages.poll(); next.isPresent(); next = messages.poll()) {
            if (next.get() instanceof Delivery.Received<byte[]> received) {
                Message<byte[]> message = received.message();
                var unused = append(new KeeperFrame.Item(
                        new Source(message.origin(), message.epoch()), message.sequence(), message.payload()));
            }
        }
    }

    /**
     * Stores a message.
     *
     * @return completes when it is known, with why it was not stored, if it was not; what depends on it must not wait
     */
    CompletableFuture<Optional<Refusal>> append(KeeperFrame.Item item) {
        if (!isAllowed) {
            return refused(item, Refusal.FAILED);
        }
        if (item.sequence() > KeeperFrame.MAX_SEQUENCE) { // from the topic, where any number may stand
            return refused(item, Refusal.MALFORMED);
        }
        if (item.body().length > Math.min(KeeperFrame.MAX_BODY_BYTES, store.maxBodyBytes())) {
            return refused(item, Refusal.TOO_LARGE);
        }
        HybridTimestamp timestamp;
        try {
            timestamp = hub.messages().timestamp(item.body());
        } catch (CodecException malformed) {
            return refused(item, Refusal.MALFORMED);
        }
        if (!hub.messages().observe(timestamp)) {
            return refused(item, Refusal.MALFORMED);
        }
        KeptMessage message = KeptMessage.of(item.source(), item.sequence(), timestamp, item.body());
        return store.append(message).handle((appended, failure) -> onAppended(item, appended, failure));
    }

    private CompletableFuture<Optional<Refusal>> refused(KeeperFrame.Item item, Refusal why) {
        counters().add(Counters.UNKEEPABLE);
        LOG.debug("{}: message {} is not kept: {}", topicName(), item, why);
        return CompletableFuture.completedFuture(Optional.of(why));
    }

    /** On the thread of the store. */
    private Optional<Refusal> onAppended(
            KeeperFrame.Item item, @Nullable Appended appended, @Nullable Throwable failure) {
        if (failure != null) {
            counters().add(Counters.UNSTORED);
            LOG.debug("{}: message {} is not stored", topicName(), item, failure);
            return Optional.of(reason(failure));
        }
        if (appended == Appended.STORED || appended == Appended.DUPLICATE) {
            synchronized (stored) {
                stored.merge(item.source(), Sequences.of(item.sequence(), item.sequence()), Sequences::plus);
            }
            telling.request();
            return Optional.empty();
        }
        if (appended == Appended.CONFLICT) {
            counters().add(Counters.CONFLICTS);
            LOG.warn("{}: there are two messages {}; the first one stays", topicName(), item);
            return Optional.of(Refusal.CONFLICT);
        }
        return Optional.of(Refusal.GIVEN_UP);
    }

    private static Refusal reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof TopicStoreException refused)) {
            return Refusal.FAILED;
        }
        return switch (refused.problem()) {
            case DISK_FULL -> Refusal.DISK_FULL;
            case BUSY -> Refusal.BUSY;
            default -> Refusal.FAILED;
        };
    }

    /** In a turn. */
    private void tell() {
        Map<Source, Sequences> news;
        synchronized (stored) {
            news = new LinkedHashMap<>(stored);
            stored.clear();
        }
        for (KeeperSession session : sessions) {
            session.guarded(() -> news.forEach(session::onKept));
        }
        pumpAll();
    }

    private void pumpAll() {
        for (KeeperSession session : List.copyOf(sessions)) {
            session.guarded(session::pump);
        }
    }

    // ---- lines

    /** Somebody opens a line; {@link KeeperSession#begin} follows. */
    KeeperSession accept(Line line, Role role) {
        return role == Role.PUBLISH ? new PublisherSession(this, line) : new ReaderSession(this, line, role);
    }

    /** In a turn; false if there are too many, or none any more. */
    boolean add(KeeperSession session) {
        if (isClosed || sessions.size() >= MAX_SESSIONS) {
            session.refuse("too many lines");
            return false;
        }
        NodeId peer = session.line.peer();
        if (!peer.equals(hub.node().id())
                && sessions.stream()
                                .filter(each -> each.line.peer().equals(peer))
                                .count()
                        >= MAX_SESSIONS_PER_PEER) {
            session.refuse("too many lines of one node");
            return false;
        }
        sessions.add(session);
        return true;
    }

    /** In a turn. */
    void remove(KeeperSession session) {
        sessions.remove(session);
    }

    @Override
    public void onTick(long nowNanos) {
        if (nowNanos - nextLookNanos >= 0) {
            nextLookNanos = nowNanos + LOOK_NANOS;
            askForItself();
            turns.execute(this::look);
        }
        if (isAllowed) {
            pulling.onTick(nowNanos);
        }
    }

    private void look() {
        for (KeeperSession session : List.copyOf(sessions)) {
            if (!isAllowed) {
                session.line.refuse("this node may not keep that any more");
            } else if (!hub.rights().may(session.line.peer(), session.role.right(), topicName())) {
                counters().add(Counters.DENIED);
                session.line.refuse("not allowed any more");
            } else if (!session.hasBegun() && nanoTime() - session.openedNanos >= SILENCE_NANOS) {
                session.refuse("nothing is asked on it");
            }
        }
        pumpAll();
        long nowNanos = nanoTime();
        if (nowNanos - nextAliveNanos >= 0) {
            nextAliveNanos = nowNanos + ALIVE_NANOS;
            List.copyOf(sessions).forEach(session -> session.guarded(session::sayAlive));
        }
    }

    /** Whether all keepers that were heard of lately have been asked since an instant. */
    boolean isAskedSince(long sinceNanos) {
        return pulling.isAskedSince(sinceNanos);
    }

    // ---- the end

    /** Ends all lines; the store stays open. Does nothing when closed. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        hub.leave(topicName());
        PulledSubscription<byte[]> messages = subscription;
        if (messages != null) {
            messages.close();
        }
        pulling.close();
        turns.execute(() -> List.copyOf(sessions).forEach(session -> session.line.refuse("the keeper has ended")));
    }
}
