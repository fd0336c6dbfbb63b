package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.core.security.policy.Action;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscriber with a name: follows one keeper after the other, gives its handler one message at a time, and moves its cursor
 * when that returns. Thread-safe.
 */
public final class DurableReader implements DurableNode.Ticked, AutoCloseable {

    /** Longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = TopicStore.MAX_CONSUMER_BYTES - 2;

    private static final Logger LOG = LoggerFactory.getLogger(DurableReader.class);

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    /** How many messages may be handled, and their cursors not yet on disk: those come again after a kill. */
    static final int MAX_UNSURE = 64;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** Under this name the store has the cursors. */
    private static final String CURSOR = "c:";

    /** Under this name it has something as long as the subscription is open: it was not closed if it is there before. */
    private static final String OPEN = "o:";

    private final DurableNode hub;
    private final Topic<?> topic;
    private final String name;
    private final TopicStore store;
    private final Handler handler;
    private final SerialExecutor turns;
    private final CompletableFuture<DurableReader> closed;

    /** Of the turns. */
    private final Reading reading;

    private final Deque<CompletableFuture<Void>> unsure = new ArrayDeque<>();
    private boolean isBehind;
    private @Nullable Thread turn;

    /** Guarded by this. */
    private @Nullable Connection connection;

    private long nextTryNanos;
    private int attempts;
    private volatile boolean isClosed;

    /** Nothing is delivered before it would be known that it may have been. */
    private volatile boolean isMarked;

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

    private DurableReader(DurableNode hub, Topic<?> topic, String name, TopicStore store, Handler handler) {
        this.hub = hub;
        this.topic = topic;
        this.name = name;
        this.store = store;
        this.handler = handler;
        this.turns = new SerialExecutor(hub.threads());
        this.closed = hub.module().newFuture();
        this.nextTryNanos = hub.module().nanoTime();
        boolean wasKilled = store.consumers().contains(OPEN + name);
        this.reading = new Reading(store.cursor(CURSOR + name), wasKilled ? MAX_UNSURE + 1 : 0);
        var unused = store.advance(OPEN + name, new Source(hub.node().id(), 0), 1)
                .whenComplete((moved, failure) -> {
                    isMarked = failure == null;
                    if (failure != null) {
                        fail(failure);
                    }
                });
    }

    /**
     * Follows a topic from the subscriber's cursor on.
     *
     * @param hub of the node
     * @param topic which
     * @param name of the subscriber, 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8
     * @param store has its cursor
     * @param handler called one at a time on the callback executor
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not: {@code durable.consume}
     */
    public static DurableReader on(DurableNode hub, Topic<?> topic, String name, TopicStore store, Handler handler) {
        hub.node().access().require(Action.DURABLE_CONSUME, topic.name());
        DurableReader reader = new DurableReader(hub, topic, name, store, handler);
        hub.add(reader);
        return reader;
    }

    /** Whether there is a line to a keeper. */
    public synchronized boolean isFollowing() {
        return connection != null && connection.line != null;
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
            if (open != null && open.isSilent(nowNanos)) {
                turns.execute(() -> open.fail("it says nothing"));
            }
            if (isClosed || !isMarked || connection != null || keepers.isEmpty() || nowNanos - nextTryNanos < 0) {
                return;
            }
            next = new Connection();
            connection = next;
            nextTryNanos = nowNanos + RETRY_NANOS;
        }
        NodeId keeper = keepers.get(Math.floorMod(attempts++, keepers.size()));
        var unused = hub.open(keeper, topic.name(), Role.FOLLOW, next)
                .whenComplete((line, failure) -> turns.execute(() -> next.onOpen(line, failure)));
    }

    // ---- in turns

    /** A line to a keeper, or the attempt to have one. */
    private final class Connection implements Line.Listener {
        private final Deque<KeeperFrame> unsaid = new ArrayDeque<>();
        private final AtomicInteger untaken = new AtomicInteger();
        private volatile long heardNanos = hub.module().nanoTime();
        private volatile @Nullable Line line;
        private boolean hasFailed;

        void onOpen(@Nullable Line opened, @Nullable Throwable failure) {
            if (opened == null) {
                LOG.debug("{}: {} does not reach a keeper", topic.name(), name, failure);
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
            }
        }

        @Override
        public void onFrame(KeeperFrame frame, Runnable taken) {
            heardNanos = hub.module().nanoTime();
            untaken.incrementAndGet();
            turns.execute(() -> {
                turn = Thread.currentThread();
                try {
                    if (isCurrent(this) && !hasFailed && !isClosed) {
                        take(this, frame);
                    }
                } finally {
                    turn = null;
                    heardNanos = hub.module().nanoTime(); // a slow handler keeps the keeper silent
                    untaken.decrementAndGet();
                    taken.run();
                }
            });
        }

        @Override
        public void onWritable() {
            turns.execute(this::say);
        }

        @Override
        public void onEnd() {
            turns.execute(() -> leave(this));
        }

        boolean isSilent(long nowNanos) {
            return untaken.get() == 0 && nowNanos - heardNanos >= Keeper.SILENCE_NANOS;
        }

        void fail(String why) {
            hasFailed = true;
            Line open = line;
            if (open != null) {
                open.refuse(why);
            }
            leave(this);
        }
    }

    private synchronized boolean isCurrent(Connection which) {
        return connection == which;
    }

    private synchronized void leave(Connection which) {
        which.hasFailed = true;
        if (connection == which) {
            connection = null;
            nextTryNanos = hub.module().nanoTime() + RETRY_NANOS;
        }
    }

    private void take(Connection from, KeeperFrame frame) {
        if (isBehind) {
            isBehind = false;
            reading.place().forEach((source, place) -> advance(source, place.count()));
        }
        if (frame instanceof KeeperFrame.Messages messages) {
            for (KeeperFrame.Item item : messages.items()) {
                if (!from.hasFailed && !isClosed) {
                    take(from, item);
                }
            }
        } else if (frame instanceof KeeperFrame.Gone gone) {
            if (hasRoomFor(from, gone.source())
                    && !hasJumped(from, gone.source(), gone.interval().first())) {
                skip(gone.source(), gone.interval().last() + 1);
            }
        } else {
            hub.counters().add(Counters.REFUSED);
            from.fail("not what a keeper says to a subscriber");
        }
    }

    private boolean hasRoomFor(Connection from, Source source) {
        boolean hasRoom = reading.hasRoomFor(source);
        if (!hasRoom) {
            hub.counters().add(Counters.REFUSED);
            from.fail("more sources than can be followed");
        }
        return hasRoom;
    }

    private void take(Connection from, KeeperFrame.Item item) {
        if (reading.isOld(item.source(), item.sequence()) || !hasRoomFor(from, item.source())) {
            return;
        }
        if (hasJumped(from, item.source(), item.sequence())) {
            return;
        }
        boolean isAgain = reading.onTry(item.source(), item.sequence());
        try {
            handler.onMessage(item.source(), item.sequence(), item.body(), isAgain);
        } catch (RuntimeException thrown) { // the application's: the message comes again
            hub.counters().add(Counters.FAILED_HANDLERS);
            LOG.warn("{}: the handler of {} failed, and gets the message again", topic.name(), name, thrown);
            from.fail("not handled");
            return;
        }
        reading.onHandled(item.source(), item.sequence());
        advance(item.source(), item.sequence());
    }

    /** What is left out without a word has been lost on the way, or the keeper does not tell the truth. */
    private boolean hasJumped(Connection from, Source source, long next) {
        boolean hasJumped = reading.gapBefore(source, next).isPresent();
        if (hasJumped) {
            hub.counters().add(Counters.REFUSED);
            from.fail("messages are left out");
        }
        return hasJumped;
    }

    /** Says what is missing before a message. */
    private void skip(Source source, long next) {
        reading.gapBefore(source, next).ifPresent(missing -> handler.onGap(source, missing));
        if (!reading.isOld(source, next - 1)) {
            reading.onHandled(source, next - 1);
            advance(source, next - 1);
        }
    }

    private void advance(Source source, long sequence) {
        unsure.add(store.advance(CURSOR + name, source, sequence));
        while (unsure.size() > MAX_UNSURE
                || !unsure.isEmpty() && unsure.element().isDone()) {
            settleOldest();
        }
    }

    private void settleOldest() {
        try {
            unsure.remove().join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof TopicStoreException busy
                    && busy.problem() == TopicStoreException.Problem.BUSY) {
                isBehind = true;
            } else {
                fail(failure);
            }
        }
    }

    private void fail(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!isClosed) {
            LOG.error("{}: the cursor of {} cannot be stored, and nothing more is read", topic.name(), name, cause);
        }
        end(cause);
    }

    // ---- the end

    /** Ends it, and waits until its cursor is stored. Does nothing when closed. */
    @Override
    public void close() {
        closeSoon();
        if (turn != Thread.currentThread()) { // a handler that closes its subscription does not wait for itself
            try {
                hub.module().await(closed, CLOSE_LIMIT);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** As {@link #close}, and waits for nothing. */
    public void closeSoon() {
        end(null);
    }

    private void end(@Nullable Throwable failure) {
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
        turns.execute(() -> settle(failure));
    }

    private void settle(@Nullable Throwable failure) {
        if (failure != null) {
            hub.module().fail(closed, failure);
            return;
        }
        if (isBehind) {
            reading.place().forEach((source, place) -> unsure.add(store.advance(CURSOR + name, source, place.count())));
        }
        CompletableFuture<?>[] moves = unsure.toArray(CompletableFuture<?>[]::new);
        var unused = CompletableFuture.allOf(moves)
                .thenCompose(moved -> store.forget(OPEN + name))
                .whenComplete((done, problem) -> {
                    if (problem == null) {
                        hub.module().complete(closed, this);
                    } else {
                        hub.module().fail(closed, problem);
                    }
                });
    }
}
