package io.chaski.remote.internal.flow;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** The items that come with a call, for the one subscriber there may be. Thread-safe. */
public final class ItemPublisher implements Flow.Publisher<Object> {

    private final IncomingItems items;
    private final Executor threads;
    private final AtomicBoolean isTaken = new AtomicBoolean();

    /**
     * A publisher without subscriber.
     *
     * @param items what
     * @param threads where signals are sent
     */
    public ItemPublisher(IncomingItems items, Executor threads) {
        this.items = items;
        this.threads = threads;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Object> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (isTaken.compareAndSet(false, true)) {
            ItemSubscription.of(subscriber, items, ItemEnd.AT_ONCE, threads);
        } else {
            RefusedSubscription.of(subscriber, threads, "the items of a call have one subscriber");
        }
    }
}
