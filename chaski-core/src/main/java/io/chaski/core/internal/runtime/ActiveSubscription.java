package io.chaski.core.internal.runtime;

import io.chaski.core.ChaskiException;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.Pairing;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One subscription: its queue, its counts, its life. The loop calls {@link #onIncoming}; how messages leave the queue is
 * the business of the subclasses. Thread-safe.
 *
 * @param <T> type of the payloads
 */
abstract class ActiveSubscription<T extends @Nullable Object> implements Subscription {

    /** A flood of drops is one event per interval. */
    private static final long DROP_REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long what waits for a callback waits when the executor takes none: a person hardly notices. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Topic<?> topic;
    private final SubscribeOptions options;
    private final LocalTopic home;
    private final SubscriptionContext context;
    private final Decoding<T> decoding;
    private final DeliveryQueue queue;
    private final CompletableFuture<Pairing> ready;
    private final CompletableFuture<Void> closed;
    private final LongAdder delivered = new LongAdder();
    private final LongAdder missing = new LongAdder();
    private final LongAdder undecodable = new LongAdder();

    private final AtomicBoolean isReadyDecided = new AtomicBoolean();
    private volatile boolean isClosed;

    /** Drops that have been in an event already. Loop only, as the flags below. */
    private long reportedDrops;

    private boolean isDropReportScheduled;
    private boolean isRetryScheduled;

    /**
     * What has arrived in this turn. The queue gets it together: its lock, which whoever takes wants as well, costs more than a
     * message. Loop only.
     */
    private final List<Incoming> arrived = new ArrayList<>();

    /** What has arrived since somebody was last sent to take; on the loop. */
    private int untold;

    private long untoldBytes;

    /** Whether somebody is sent at the end of this turn; on the loop. */
    private boolean isWakeUpDue;

    ActiveSubscription(
            Topic<?> topic,
            Decoding<T> decoding,
            SubscribeOptions options,
            LocalTopic home,
            SubscriptionContext context) {
        this.topic = topic;
        this.options = options;
        this.home = home;
        this.context = context;
        this.decoding = decoding;
        this.ready = context.loop().newFuture();
        this.closed = context.loop().newFuture();
        this.queue = new DeliveryQueue(options.capacity(), options.capacityBytes(), options.overflow());
    }

    // ---- called on the loop

    /** Something for this subscription, in order. */
    void onIncoming(Incoming item) {
        if (isClosed) {
            return;
        }
        if (isTakenAtOnce(item)) {
            return;
        }
        arrived.add(item);
        untold++;
        untoldBytes += item.sizeBytes();
        if (queue.isMuch(untold, untoldBytes)) {
            tell();
            return;
        }
        if (queue.isWaitedFor()) {
            handOver();
        }
        if (!isWakeUpDue) {
            isWakeUpDue = true;
            context.loop().atEndOfTurn(this::onEndOfTurn);
        }
    }

    private void onEndOfTurn() {
        isWakeUpDue = false;
        tell();
    }

    private void handOver() {
        if (!arrived.isEmpty()) {
            queue.offer(arrived);
            arrived.clear();
        }
    }

    private void tell() {
        handOver();
        untold = 0;
        untoldBytes = 0;
        if (queue.wantsTaker()) {
            wakeTaker();
        }
        reportDrops();
    }

    /** Whether the item needs no queue, since it has been dealt with now. */
    boolean isTakenAtOnce(Incoming item) {
        return false;
    }

    /** Something waits, and nobody who takes is on the way. */
    abstract void wakeTaker();

    /**
     * Sends somebody to take. An executor that is full now may take callbacks again when nothing more arrives.
     *
     * @param taker runs as a callback
     */
    final void send(Runnable taker) {
        if (context.callbacks().offer(taker)) {
            return;
        }
        queue.takerFailed();
        if (!isRetryScheduled) {
            isRetryScheduled = true;
            context.loop()
                    .schedule(
                            (protocol, nowNanos) -> {
                                isRetryScheduled = false;
                                if (queue.wantsTaker()) {
                                    send(taker);
                                }
                            },
                            RETRY_NANOS);
        }
    }

    /** The number of neighbours has changed. */
    void onNeighbours(int count) {
        if (count > 0) {
            becomeReady(Pairing.PAIRED);
        }
    }

    /** The time to look for company is over. */
    void onReadyDeadline() {
        becomeReady(Pairing.ALONE);
    }

    /** The first word counts, in whatever order the executor then runs things. */
    private void becomeReady(Pairing pairing) {
        if (isReadyDecided.compareAndSet(false, true)) {
            context.callbacks().complete(ready, pairing);
        }
    }

    private void reportDrops() {
        if (isDropReportScheduled || queue.dropped() == reportedDrops) {
            return;
        }
        emitDrops();
        isDropReportScheduled = true;
        context.loop()
                .schedule(
                        (protocol, nowNanos) -> {
                            isDropReportScheduled = false;
                            reportDrops();
                        },
                        DROP_REPORT_NANOS);
    }

    private void emitDrops() {
        long dropped = queue.dropped();
        context.counts().dropped.add(dropped - reportedDrops);
        context.events().emit(new NodeEvent.Dropped(topic.name(), dropped - reportedDrops));
        reportedDrops = dropped;
    }

    // ---- called by whoever takes

    /** What waits, up to a batch; null if nothing does, and the next arrival calls {@link #wakeTaker}. */
    final DeliveryQueue.@Nullable Batch takeBatch() {
        DeliveryQueue.Batch batch = queue.take();
        if (batch != null && queue.hasMoreRoom()) {
            home.onRoom();
        }
        return batch;
    }

    /** The message, or null if it cannot be read, which is counted and an event. */
    final @Nullable Message<T> decode(Incoming.Delivery delivery) {
        Message<T> message = decoding.decode(delivery);
        if (message == null) {
            undecodable.increment();
            context.counts().undecodable.increment();
        } else {
            delivered.increment();
        }
        return message;
    }

    /** The messages that will not come; in the statistics from now on, and not among the drops. */
    final NodeEvent.Gap missed(Incoming.Missing notice) {
        missing.add(notice.gap().count());
        return notice.gap();
    }

    /** The queue has ended by overflow, and everything before has been taken. */
    final void onOverflowed() {
        end(new QueueOverflowException(topic.name(), options.capacity()));
    }

    final SubscribeOptions options() {
        return options;
    }

    final SubscriptionContext context() {
        return context;
    }

    // ---- called by anybody

    public final boolean isClosed() {
        return isClosed;
    }

    /**
     * Joins the topic.
     *
     * @return false if the node is closed
     */
    boolean join() {
        return home.join(this);
    }

    @Override
    public String topic() {
        return topic.name();
    }

    /** Whether it announces this node in the topic. */
    boolean announcesPresence() {
        return topic.presence();
    }

    /** For how long an announcement counts. */
    Duration presenceLease() {
        return topic.presenceLease();
    }

    /** Whether it takes signed messages only. */
    boolean isSigned() {
        return topic.signed();
    }

    @Override
    public CompletableFuture<Pairing> ready() {
        return ready.copy();
    }

    @Override
    public boolean isPaired() {
        return !isClosed && home.neighbours() > 0;
    }

    @Override
    public int neighbours() {
        return isClosed ? 0 : home.neighbours();
    }

    @Override
    public void awaitSubscribers(int count, Duration limit) throws InterruptedException {
        if (count < 1 || count > MAX_AWAITED_SUBSCRIBERS) {
            throw new IllegalArgumentException("a node sees 1 to " + MAX_AWAITED_SUBSCRIBERS
                    + " neighbours of a topic, not " + count + "; presence counts them all");
        }
        CompletableFuture<Void> enough = home.whenNeighbours(count);
        try {
            boolean isDone = context.loop().await(CompletableFuture.anyOf(enough, closed), NodeLoop.nanosOf(limit));
            if (isClosed) {
                throw new NodeClosedException(context.nodeName());
            }
            if (!isDone) {
                throw new RequestTimeoutException(count + " neighbours in topic " + topic.name(), limit);
            }
        } finally {
            home.forget(enough);
            enough.cancel(false); // or it would hang on to "closed" for as long as the subscription lives
        }
    }

    /** How many wait for it to end, for a test. */
    final int waitingForTheEnd() {
        return closed.getNumberOfDependents();
    }

    @Override
    public Statistics statistics() {
        return new Statistics(
                delivered.sum(),
                queue.dropped(),
                missing.sum(),
                undecodable.sum(),
                failures(),
                queue.size(),
                queue.sizeBytes(),
                options.capacity());
    }

    /** Messages whose handler failed. */
    long failures() {
        return 0;
    }

    /** What it takes now if it waits for its consumer, else {@link Long#MAX_VALUE}. */
    long room() {
        return queue.room();
    }

    /** What it takes when nothing is queued if it waits for its consumer, else {@link Long#MAX_VALUE}. */
    long capacity() {
        return queue.capacity();
    }

    /** What waits for the handler now; nothing ever does with {@link Dispatch#INLINE}. */
    QueueSnapshot queueSnapshot() {
        return queue.snapshot(topic.name());
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    @Override
    public void close() {
        end(null);
    }

    /** Ends it, with a failure unless it was closed in good order. */
    void end(@Nullable ChaskiException failure) {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        queue.close();
        onEnded();
        home.remove(this);
        becomeReady(Pairing.ALONE);
        if (failure == null) {
            context.callbacks().complete(closed, null);
        } else {
            context.callbacks().fail(closed, failure);
        }
    }

    /** Whoever waits for messages waits in vain. */
    void onEnded() {}

    @Override
    public String toString() {
        return "subscription of " + topic.name();
    }
}
