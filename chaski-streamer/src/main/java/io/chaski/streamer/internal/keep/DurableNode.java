package io.chaski.streamer.internal.keep;

import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.Registration;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleMessages;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.internal.module.ReservedName;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Action;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.internal.durable.TopicStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable topics of a node: finds keepers and announces its own ones, opens lines to keepers and takes those of others.
 * One for each node, because it serves a protocol. Ends with the node. Thread-safe.
 */
public final class DurableNode implements AutoCloseable {

    /** The protocol that keepers serve. Core's rules know its name. */
    static final String PROTOCOL = "chaski/durable/1";

    private static final Topic<byte[]> TOPIC = Topic.of(new ReservedName("$keepers"), byte[].class);

    private static final Logger LOG = LoggerFactory.getLogger(DurableNode.class);

    private static final String TOPIC_HEADER = "topic";
    private static final String ROLE_HEADER = "role";

    /** What is late is late by a fifth of a second at least; half of that is soon enough to see it. */
    private static final Duration TICK = Duration.ofMillis(100);

    private static final long MEASURE_NANOS = Duration.ofSeconds(5).toNanos();

    private static final StreamListener NOBODY = (stream, message) -> {};

    /** Somebody who takes nothing must not keep leases from being renewed. */
    private static final PublishOptions LIVE = PublishOptions.builder().live().build();

    private final ChaskiNode node;
    private final ModuleNode module;
    private final Rights rights;
    private final Executor threads;
    private final Counters counters = new Counters();

    /** Of those that read here, whatever the topic: who is silent for one is for all. */
    private final Attempts readings = new Attempts();

    private final Map<String, Keeper> keepers = new ConcurrentHashMap<>();
    private final List<Ticked> ticked = new CopyOnWriteArrayList<>();
    private final Registration serving;
    private final Registration closing;

    /** Guards the records. */
    private final Object lock = new Object();

    private final KeeperRecords records;

    /** Of the thread that ticks, one at a time. */
    private @Nullable Subscription announcements;

    private long nextMeasureNanos;
    private volatile Map<NodeId, Duration> roundTrips = Map.of();
    private volatile boolean isClosed;

    /** Something that looks at the time. */
    interface Ticked {
        /** Ten times a second, one call at a time. */
        void onTick(long nowNanos);

        /** The topic whose keepers it needs. */
        String topicName();

        /** There is no more time. */
        default void onNodeClosing() {}
    }

    private DurableNode(ChaskiNode node) {
        this.node = node;
        this.module = ModuleNode.of(node);
        this.rights = new Rights(node.access(), node.id());
        this.threads = task -> {
            if (!module.after(Duration.ZERO, task)) {
                throw new RejectedExecutionException("the node has closed");
            }
        };
        long nowNanos = module.nanoTime();
        this.nextMeasureNanos = nowNanos;
        this.records = new KeeperRecords(node.id(), node.addresses(), module.newRandom(), nowNanos);
        this.serving = node.streams()
                .serve(PROTOCOL, StreamOptions.builder().manualCredit(true).build(), this::onStream);
        this.closing = module.onClosing(this::close);
    }

    /**
     * The durable topics of a node.
     *
     * @param node one that runs
     * @throws NodeClosedException if it is closed
     * @throws IllegalStateException if it has durable topics already, or as many subscriptions as there may be
     */
    public static DurableNode on(ChaskiNode node) {
        DurableNode durable = new DurableNode(node);
        try {
            durable.hear();
        } catch (RuntimeException failed) {
            durable.close();
            throw failed;
        }
        durable.tick();
        return durable;
    }

    /** The node. */
    public ChaskiNode node() {
        return node;
    }

    ModuleNode module() {
        return module;
    }

    ModuleMessages messages() {
        return module.messages();
    }

    /** Runs tasks on the callback executor, one for each call; refuses them when the node has closed. */
    Executor threads() {
        return threads;
    }

    /**
     * As {@link #threads}, for what must happen: while the executor takes nothing, tasks wait and are tried again; when the node has closed,
     * they run on the thread that asks. So do completions, which is why each is one here.
     */
    Executor lastingThreads() {
        return task -> {
            CompletableFuture<Boolean> now = module.newFuture();
            var unused = now.thenRun(task);
            module.complete(now, true);
        };
    }

    /** Runs something when others have ended, in whatever way, on the callback executor; also when the node has closed. */
    public void after(List<? extends CompletableFuture<?>> ends, Runnable task) {
        var unused = CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                .whenComplete((ended, failure) -> lastingThreads().execute(task));
    }

    Counters counters() {
        return counters;
    }

    /** What was refused and why, and what was lost: names of a fixed set, those that are not zero. */
    public Map<String, Long> counts() {
        Map<String, Long> counts = counters.counts();
        synchronized (lock) {
            if (records.refused() > 0) {
                counts.put("durable.announcements.refused", records.refused());
            }
        }
        return counts;
    }

    // ---- keeping

    /**
     * Keeps a topic in a store from now on.
     *
     * @param topic which
     * @param store where; to be closed after the keeper
     * @return ends it
     * @throws AccessDeniedException if this node may not: {@code durable.create}, and subscribe
     * @throws IllegalStateException if this node keeps the topic already, or as many as it may
     */
    public Registration keep(Topic<?> topic, TopicStore store) {
        requireOpen();
        node.access().require(Action.DURABLE_CREATE, topic.name());
        Keeper keeper = new Keeper(this, topic, store);
        synchronized (lock) {
            if (keepers.size() >= KeeperRecords.MAX_TOPICS) {
                throw new IllegalStateException("this node keeps " + KeeperRecords.MAX_TOPICS + " topics already");
            }
            if (keepers.putIfAbsent(topic.name(), keeper) != null) {
                throw new IllegalStateException("this node keeps the topic already: " + topic.name());
            }
        }
        boolean hasBegun = false;
        try {
            announce(topic.name(), true);
            keeper.begin();
            ticked.add(keeper);
            hasBegun = true;
        } finally {
            if (!hasBegun) {
                leave(topic.name());
            }
        }
        return keeper;
    }

    void leave(String topic) {
        Keeper keeper = keepers.remove(topic);
        if (keeper != null) {
            ticked.remove(keeper);
            announce(topic, false);
        }
    }

    /** Says to everybody whether this node keeps a topic. */
    void announce(String topic, boolean isKept) {
        synchronized (lock) {
            if (isKept && keepers.containsKey(topic)) {
                records.keep(topic, module.nanoTime());
            } else {
                records.leave(topic, module.nanoTime());
            }
        }
    }

    Optional<Keeper> keeper(String topic) {
        return Optional.ofNullable(keepers.get(topic));
    }

    void add(Ticked each) {
        requireOpen();
        ticked.add(each);
        if (isClosed) { // meanwhile
            each.onNodeClosing();
        }
    }

    void remove(Ticked each) {
        ticked.remove(each);
    }

    private void requireOpen() {
        if (isClosed) {
            throw new NodeClosedException(node.name());
        }
    }

    // ---- keepers

    /**
     * Who keeps a topic, as far as known, and as far as policies let them: this node first, then those known for longest.
     *
     * @param topic its name
     */
    public List<NodeId> keepers(String topic) {
        List<NodeId> all = new ArrayList<>();
        if (keeper(topic).filter(Keeper::isAllowed).isPresent()) {
            all.add(node.id());
        }
        all.addAll(others(topic));
        return all;
    }

    /** As {@link #keepers(String)}, without this node. */
    List<NodeId> others(String topic) {
        List<NodeId> known;
        synchronized (lock) {
            known = records.keepers(topic);
        }
        return rights.thoseThatMayKeep(known, topic);
    }

    Rights rights() {
        return rights;
    }

    /** With which keepers nobody here could read lately. */
    Attempts readings() {
        return readings;
    }

    /** The round trip to a node that there is an edge to; zero if it is not known. */
    long roundTripNanos(NodeId to) {
        return roundTrips.getOrDefault(to, Duration.ZERO).toNanos();
    }

    /**
     * Opens a line to a keeper.
     *
     * @param to it, perhaps this node
     * @param listener hears of it from when it is open, which may be earlier than the future knows
     * @return fails with {@link StreamException}, or {@link AccessDeniedException} if one of both may not, or with what else keeps
     *     the node from opening a stream
     */
    CompletableFuture<Line> open(NodeId to, String topic, Role role, Line.Listener listener) {
        try {
            node.access().require(role.right(), topic);
        } catch (AccessDeniedException denied) {
            return CompletableFuture.failedFuture(denied);
        }
        if (to.equals(node.id())) {
            return openHere(topic, role, listener);
        }
        StreamLine line = new StreamLine(counters, peer -> rights.objection(peer, topic, role));
        line.listen(listener);
        StreamOptions options = StreamOptions.builder()
                .header(TOPIC_HEADER, topic)
                .header(ROLE_HEADER, role.text())
                .manualCredit(true)
                .build();
        try {
            synchronized (lock) {
                records.whereabouts(to).ifPresent(where -> module.hint(to, where.epoch(), where.addresses()));
            }
            return node.streams().open(to, PROTOCOL, options, line).thenApply(stream -> {
                line.begin(stream);
                return line;
            });
        } catch (ChaskiException | IllegalStateException refused) { // not allowed, closing, or the loop is stuck
            return CompletableFuture.failedFuture(refused);
        }
    }

    private CompletableFuture<Line> openHere(String topic, Role role, Line.Listener listener) {
        Keeper keeper = keepers.get(topic);
        if (keeper == null || !keeper.isAllowed()) {
            return CompletableFuture.failedFuture(
                    new StreamException(StreamCode.REFUSED, "this node does not keep the topic any more"));
        }
        LocalLine line = LocalLine.open(node.id(), threads);
        KeeperSession session = keeper.accept(line.other(), role);
        line.begin(listener);
        line.other().begin(session);
        session.begin();
        return CompletableFuture.completedFuture(line);
    }

    private StreamListener onStream(Stream stream) {
        String topic = stream.headers().getOrDefault(TOPIC_HEADER, "");
        Optional<Role> role = Role.of(stream.headers().getOrDefault(ROLE_HEADER, ""));
        Keeper keeper = keepers.get(topic);
        if (keeper == null || role.isEmpty() || !keeper.isAllowed()) {
            stream.reset(StreamCode.REFUSED, "not kept here");
            return NOBODY;
        }
        if (!rights.may(stream.peer(), role.get().right(), topic)) {
            counters.add(Counters.DENIED);
            stream.reset(StreamCode.REFUSED, "not allowed");
            return NOBODY;
        }
        StreamLine line = new StreamLine(counters, peer -> ""); // asked above, and by the keeper every second
        line.begin(stream);
        KeeperSession session = keeper.accept(line, role.get());
        line.listen(session);
        session.begin();
        return line;
    }

    /**
     * Asks for this node itself.
     *
     * @throws AccessDeniedException if it may not
     */
    public void require(Action action, String topic) {
        node.access().require(action, topic);
    }

    // ---- time

    private void tick() {
        if (isClosed) {
            return;
        }
        try {
            long nowNanos = module.nanoTime();
            unlessRefused(this::hear);
            unlessRefused(() -> say(nowNanos));
            unlessRefused(() -> measure(nowNanos));
            ticked.forEach(each -> unlessRefused(() -> each.onTick(nowNanos)));
        } finally {
            module.after(TICK, this::tick);
        }
    }

    /** What the node refuses is tried again at the next tick, and keeps nothing else from being done. */
    private static void unlessRefused(Runnable step) {
        try {
            step.run();
        } catch (NodeClosedException | IllegalStateException refused) { // it closes, its loop is stuck, or it is full
            LOG.debug("not done for durable topics: {}", refused.getMessage());
        }
    }

    /** As soon as policies allow it, and again when they allow it again. */
    private void hear() {
        Subscription current = announcements;
        if (current != null && !current.closed().isDone()) {
            return;
        }
        try {
            announcements = node.subscribe(TOPIC, this::onAnnouncement);
        } catch (AccessDeniedException denied) {
            announcements = null;
            LOG.debug("nothing is heard of keepers: {}", denied.getMessage());
        }
    }

    private void onAnnouncement(Message<byte[]> message) {
        synchronized (lock) {
            records.onMessage(message.origin(), message.epoch(), message.payload(), module.nanoTime());
        }
    }

    private void say(long nowNanos) {
        Optional<byte[]> word;
        synchronized (lock) {
            boolean isLooking = ticked.stream()
                    .anyMatch(each -> records.keepers(each.topicName()).isEmpty());
            word = records.onTick(isLooking, nowNanos);
        }
        word.ifPresent(this::publish);
    }

    private void publish(byte[] word) {
        try {
            var unused = node.publishAsync(TOPIC, word, LIVE); // what is lost is said again
        } catch (AccessDeniedException denied) {
            LOG.debug("nothing is said about keepers: {}", denied.getMessage());
        }
    }

    private void measure(long nowNanos) {
        if (nowNanos - nextMeasureNanos >= 0) {
            nextMeasureNanos = nowNanos + MEASURE_NANOS;
            var unused = module.roundTrips().thenAccept(measured -> roundTrips = Map.copyOf(measured));
        }
    }

    // ---- the end

    /** Ends all of it, but for the stores. Does nothing when closed. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        closing.close();
        serving.close();
        ticked.forEach(Ticked::onNodeClosing);
        List.copyOf(keepers.values()).forEach(Keeper::close);
        Subscription current = announcements;
        if (current != null) {
            current.close();
        }
    }
}
