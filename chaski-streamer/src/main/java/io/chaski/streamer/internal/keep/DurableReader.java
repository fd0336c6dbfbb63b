package io.chaski.streamer.internal.keep;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.core.security.policy.Action;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscriber that remembers how far it is: follows one keeper after the other, gives its handler one message at a time, and moves
 * its cursor when that returns. Thread-safe.
 */
public final class DurableReader implements DurableNode.Ticked, AutoCloseable {

    /** Longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = TopicStore.MAX_CONSUMER_BYTES - StoredCursor.PREFIX_BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(DurableReader.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final DurableNode hub;
    private final Topic<?> topic;
    private final String name;
    private final HistoryPlace from;
    private final Handler handler;
    private final SerialExecutor turns;
    private final CompletableFuture<DurableReader> closed;

    /** Of the turns, as all that follows. */
    private final Cursor cursor;

    private final Reading reading;

    /** What keepers have said, as much as the credit of a stream lets them; some of the first may be done. */
    private final Deque<Untaken> untaken = new ArrayDeque<>();

    private int takenItems;
    private boolean isPaused;
    private volatile @Nullable Thread turn;

    /** Guarded by this. */
    private @Nullable Connection connection;

    private long nextTryNanos;
    private volatile boolean isClosed;

    /** Whether it is not known yet where it begins. */
    private volatile boolean isLooking;

    private volatile boolean isAsking;

    /** What a subscriber does. */
    public interface Handler {

        /**
         * A message.
         *
         * @param source who published it
         * @param sequence its number
         * @param body envelope and payload
         * @param isAgain whether it may have been given before
         */
        void onMessage(Source source, long sequence, byte[] body, boolean isAgain);

        /** Messages that will not come. */
        void onGap(Source source, Sequences.Interval missing);
    }

    private record Untaken(Connection from, KeeperFrame frame, Runnable taken) {}

    private DurableReader(
            DurableNode hub,
            Topic<?> topic,
            String name,
            HistoryPlace from,
            Handler handler,
            BiFunction<SerialExecutor, Cursor.Listener, Cursor> opener) {
        this.hub = hub;
        this.topic = topic;
        this.name = name;
        this.from = from;
        this.handler = handler;
        this.turns = new SerialExecutor(hub.lastingThreads());
        this.closed = hub.module().newFuture();
        this.nextTryNanos = hub.module().nanoTime();
        this.cursor = opener.apply(turns, new Cursor.Listener() {
            @Override
            public void onReady() {
                pump();
            }

            @Override
            public void onFailed(Throwable why) {
                LOG.error("{}: the cursor of {} cannot be stored, and nothing more is read", topic.name(), name, why);
                end(why, false);
            }
        });
        this.reading = cursor.reading();
        this.isLooking = reading.isNew() && from.last() > 0;
        if (!isLooking) {
            HistoryPosition begin = reading.isNew() ? from.after() : HistoryPosition.START;
            turns.execute(() -> begin(begin));
        }
        hub.add(this);
    }

    /**
     * Follows a topic from the subscriber's cursor on.
     *
     * @param hub of the node
     * @param topic which
     * @param name of the subscriber, 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8
     * @param store has its cursor
     * @param from where it begins if it comes for the first time
     * @param handler called one at a time on the callback executor
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not: {@code durable.consume}
     */
    public static DurableReader on(
            DurableNode hub, Topic<?> topic, String name, TopicStore store, HistoryPlace from, Handler handler) {
        hub.node().access().require(Action.DURABLE_CONSUME, topic.name());
        return new DurableReader(
                hub,
                topic,
                name,
                from,
                handler,
                (turns, listener) -> new StoredCursor(hub, store, name, turns, listener));
    }

    /**
     * Follows a topic for somebody who remembers himself how far he is, or does not.
     *
     * @param hub of the node
     * @param topic which
     * @param done the last number of each source that he has done with
     * @param from where he begins if there are none
     * @param handler called one at a time on the callback executor
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not: {@code durable.consume}
     */
    public static DurableReader behind(
            DurableNode hub, Topic<?> topic, Map<Source, Long> done, HistoryPlace from, Handler handler) {
        hub.node().access().require(Action.DURABLE_CONSUME, topic.name());
        return new DurableReader(
                hub, topic, "a subscriber without a name", from, handler, (turns, listener) -> new OwnCursor(done));
    }

    /** Runs something of the handler between two messages; not when this is closed. */
    public void inTurn(Runnable task) {
        turns.execute(() -> {
            if (!isClosed) {
                inHandler(task);
            }
        });
    }

    private void begin(HistoryPosition behind) {
        cursor.begin(behind.timestamp());
        if (behind.sequence() > 0) {
            reading.onHandled(behind.source(), behind.sequence());
            cursor.onHandled(behind.source(), behind.sequence());
        }
    }

    private void inHandler(Runnable task) {
        turn = Thread.currentThread();
        try {
            task.run();
        } finally {
            turn = null;
        }
    }

    /** Whether there is a line to a keeper. */
    public synchronized boolean isFollowing() {
        return connection != null && connection.line != null;
    }

    /** Whether its handler hears more. */
    public boolean isOpen() {
        return !isClosed;
    }

    /** Completes when it was closed; fails if its cursor cannot be stored. */
    public CompletableFuture<DurableReader> closed() {
        return closed;
    }

    @Override
    public String topicName() {
        return topic.name();
    }

    @Override
    public void onTick(long nowNanos) {
        List<NodeId> keepers = hub.keepers(topic.name());
        Connection next;
        synchronized (this) {
            Connection open = connection;
            if (open != null && open.attention.isSilent(nowNanos)) {
                turns.execute(() -> open.fail("it says nothing"));
            }
            if (isLooking) {
                look();
            }
            if (isClosed || isLooking || connection != null || keepers.isEmpty() || nowNanos - nextTryNanos < 0) {
                return;
            }
            next = new Connection(hub.readings().order(keepers).get(0));
            connection = next;
            nextTryNanos = nowNanos + RETRY.toNanos();
        }
        var unused = hub.open(next.attention.keeper(), topic.name(), Role.FOLLOW, next)
                .whenComplete((line, failure) -> turns.execute(() -> next.onOpen(line, failure)));
    }

    /** Asks for the first message that is wanted. Under the lock. */
    private void look() {
        if (isAsking || isClosed) {
            return;
        }
        isAsking = true;
        var unused = Beginning.find(hub, topic.name(), from)
                .whenComplete((begin, failure) -> turns.execute(() -> onFound(begin, failure)));
    }

    private void onFound(@Nullable HybridTimestamp begin, @Nullable Throwable failure) {
        isAsking = false;
        if (isClosed) {
            return; // its cursor may be settled already
        }
        if (begin == null) {
            LOG.debug("{}: it is not known yet where {} begins", topic.name(), name, failure);
            return;
        }
        cursor.begin(begin);
        isLooking = false;
    }

    // ---- in turns

    /** A line to a keeper, or the attempt to have one. */
    private final class Connection implements Line.Listener {
        private final Attention attention;
        private final Deque<KeeperFrame> unsaid = new ArrayDeque<>();
        private volatile @Nullable Line line;
        private boolean hasFailed;

        Connection(NodeId keeper) {
            this.attention = new Attention(hub, keeper);
        }

        void onOpen(@Nullable Line opened, @Nullable Throwable failure) {
            if (opened == null) {
                LOG.debug("{}: {} does not reach a keeper", topic.name(), name, failure);
                attention.onFailed();
                leave(this);
                return;
            }
            line = opened;
            if (isClosed || hasFailed) {
                opened.end();
                return;
            }
            unsaid.addAll(Feed.haves(reading.place()));
            say();
        }

        private void say() {
            Line open = line;
            while (open != null && !unsaid.isEmpty() && open.offer(unsaid.element())) {
                unsaid.remove();
                attention.onListened();
            }
        }

        @Override
        public void onFrame(KeeperFrame frame, Runnable taken) {
            attention.onSaid();
            turns.execute(() -> {
                untaken.add(new Untaken(this, frame, taken));
                pump();
            });
        }

        @Override
        public void onWritable() {
            turns.execute(this::say);
        }

        @Override
        public void onEnd() {
            turns.execute(() -> {
                if (isOpen(this)) {
                    attention.onFailed();
                }
                leave(this);
            });
        }

        void fail(String why) {
            hasFailed = true;
            attention.onFailed();
            Line open = line;
            if (open != null) {
                open.refuse(why);
            }
            leave(this);
        }
    }

    private synchronized void leave(Connection which) {
        which.hasFailed = true;
        if (connection == which) {
            connection = null;
            nextTryNanos = hub.module().nanoTime() + RETRY.toNanos();
        }
    }

    /** Takes what keepers have said, until something has to wait. */
    private void pump() {
        while (!isPaused && !untaken.isEmpty()) {
            Untaken next = untaken.element();
            if (!take(next.from, next.frame)) {
                return;
            }
            untaken.remove();
            takenItems = 0;
            next.from.attention.onTaken();
            next.taken.run();
        }
    }

    private synchronized boolean isOpen(Connection from) {
        return connection == from && !from.hasFailed && !isClosed;
    }

    /** Takes all of a frame; false if some of it has to wait. */
    private boolean take(Connection from, KeeperFrame frame) {
        if (!isOpen(from)) {
            return true;
        }
        if (frame instanceof KeeperFrame.Messages messages) {
            for (; takenItems < messages.items().size() && isOpen(from); takenItems++) {
                if (!take(from, messages.items().get(takenItems))) {
                    return false;
                }
            }
            return true;
        }
        if (frame instanceof KeeperFrame.Gone gone) {
            return skip(from, gone);
        }
        hub.counters().add(Counters.REFUSED);
        from.fail("not what a keeper says to a subscriber");
        return true;
    }

    /** Whether it is to be given, or is the subscriber's already, passed, or no source; or the line ends because it has jumped. */
    private boolean isWanted(Connection from, Source source, long first, long last) {
        if (reading.isOld(source, last)) {
            return false;
        }
        long nowMillis = hub.module().currentTimeMillis();
        if (!Beginning.isCredible(source, nowMillis)) {
            hub.counters().add(Counters.REFUSED);
            return false;
        }
        if (reading.gapBefore(source, first).isPresent()) { // lost on the way, or the keeper does not tell the truth
            hub.counters().add(Counters.REFUSED);
            from.fail("messages are left out");
            return false;
        }
        cursor.onChanges(reading.onSource(source, Beginning.latestEpoch(nowMillis)));
        return true;
    }

    private boolean take(Connection from, KeeperFrame.Item item) {
        Source source = item.source();
        if (!isWanted(from, source, item.sequence(), item.sequence())) {
            return true;
        }
        boolean isFromBefore = reading.isFromAnInstant()
                && Beginning.timeOf(hub, item.body())
                        .filter(time -> !reading.isWanted(time))
                        .isPresent();
        if (isFromBefore) {
            onHandled(source, item.sequence());
            return true;
        }
        if (!cursor.mayGive(source, item.sequence())) {
            return false;
        }
        boolean isAgain = reading.onTry(source, item.sequence());
        if (!isDone(() -> handler.onMessage(source, item.sequence(), item.body(), isAgain))) {
            return false;
        }
        onHandled(source, item.sequence());
        return true;
    }

    /** Runs what belongs to the application; if it fails, it comes again. */
    private boolean isDone(Runnable task) {
        try {
            inHandler(task);
            return true;
        } catch (RuntimeException | Error thrown) { // the application's
            hub.counters().add(Counters.FAILED_HANDLERS);
            LOG.warn("{}: the handler of {} failed, and gets the same again", topic.name(), name, thrown);
            isPaused = true;
            hub.module()
                    .after(
                            RETRY,
                            () -> turns.execute(() -> {
                                isPaused = false;
                                pump();
                            }));
            return false;
        }
    }

    private void onHandled(Source source, long sequence) {
        reading.onHandled(source, sequence);
        cursor.onHandled(source, sequence);
    }

    /** Says what is missing before a message; false if that has to wait. */
    private boolean skip(Connection from, KeeperFrame.Gone gone) {
        Source source = gone.source();
        long last = gone.interval().last();
        if (!isWanted(from, source, gone.interval().first(), last)) {
            return true;
        }
        boolean isDone = reading.missedBefore(source, last + 1)
                .map(missing -> isDone(() -> handler.onGap(source, missing)))
                .orElse(true);
        if (isDone) {
            onHandled(source, last);
        }
        return isDone;
    }

    // ---- the end

    /** Ends it, and waits until its cursor is stored. Does nothing when closed. */
    @Override
    public void close() {
        closeSoon(true);
        if (!isInHandler()) { // which does not wait for itself
            Subscribers.awaitClosed(hub.module(), List.of(this));
        }
    }

    /** Whether it is the handler that asks. */
    public boolean isInHandler() {
        return turn == Thread.currentThread();
    }

    /**
     * As {@link #close}, and waits for nothing.
     *
     * @param isPatient whether the store may be busy for some seconds
     */
    public void closeSoon(boolean isPatient) {
        end(null, isPatient);
    }

    private void end(@Nullable Throwable failure, boolean isPatient) {
        Connection open;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            open = connection;
            connection = null;
        }
        hub.remove(this);
        Line line = open == null ? null : open.line;
        if (line != null) {
            line.end();
        }
        turns.execute(() -> settle(failure, isPatient));
    }

    private void settle(@Nullable Throwable failure, boolean isPatient) {
        if (failure != null) {
            hub.module().fail(closed, failure);
            return;
        }
        var unused = cursor.close(reading.doubts(), isPatient).whenComplete((done, problem) -> {
            if (problem == null) {
                hub.module().complete(closed, this);
            } else {
                LOG.warn("{}: {} was not closed in order", topic.name(), name, problem);
                hub.module().fail(closed, problem);
            }
        });
    }
}
