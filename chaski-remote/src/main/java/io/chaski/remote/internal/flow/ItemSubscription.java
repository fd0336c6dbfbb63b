package io.chaski.remote.internal.flow;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands items on to one subscriber, one signal after the other and by the rules of Reactive Streams 1.0.4, on threads of the
 * calls. Thread-safe.
 *
 * <p>Whatever happens adds to a counter; whoever makes it more than zero has the signals sent, until the counter is zero again.
 */
public final class ItemSubscription implements Flow.Subscription, ItemEnd.Consumer {

    private static final Logger log = LoggerFactory.getLogger(ItemSubscription.class);

    /** Signals in a row before others get the thread. */
    private static final int BATCH = 256;

    private final IncomingItems items;
    private final ItemEnd end;
    private final Executor threads;
    private final AtomicInteger toSend = new AtomicInteger();
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean isCancelled;
    private volatile boolean isTerminated;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable IllegalArgumentException badRequest;

    /** Dropped at the end, since the call may be known to others for longer. */
    private volatile Flow.@Nullable Subscriber<? super Object> subscriber;

    /** What follows belongs to the thread that sends the signals. */
    private boolean isSubscribed;

    private boolean isEndSeen;

    private ItemSubscription(
            Flow.Subscriber<? super Object> subscriber, IncomingItems items, ItemEnd end, Executor threads) {
        this.subscriber = subscriber;
        this.items = items;
        this.end = end;
        this.threads = threads;
    }

    /**
     * Makes somebody the consumer of items.
     *
     * @param subscriber who
     * @param items what
     * @param end stands before the last signal
     * @param threads where signals are sent
     */
    @SuppressWarnings("unchecked") // items are decoded by the type that the subscriber's publisher was declared with
    public static ItemSubscription of(
            Flow.Subscriber<?> subscriber, IncomingItems items, ItemEnd end, Executor threads) {
        ItemSubscription made = new ItemSubscription((Flow.Subscriber<? super Object>) subscriber, items, end, threads);
        items.listen(made::signal);
        return made;
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            badRequest = new IllegalArgumentException(
                    "a subscriber requests at least one item, not " + count + " (Reactive Streams, rule 3.9)");
        } else {
            demand.accumulateAndGet(count, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
        }
        signal();
    }

    @Override
    public void cancel() {
        isCancelled = true;
        subscriber = null;
        items.cancel();
    }

    @Override
    public void terminate(@Nullable Throwable how) {
        failure = how;
        isTerminated = true;
        signal();
    }

    private void signal() {
        if (toSend.getAndIncrement() == 0) {
            threads.execute(this::send);
        }
    }

    private void send() {
        int seen = toSend.get();
        do {
            if (!sendSome()) {
                threads.execute(this::send); // the counter stays, so nobody else begins
                return;
            }
            seen = toSend.addAndGet(-seen);
        } while (seen != 0);
    }

    /** Whether all was sent that could be. */
    private boolean sendSome() {
        for (int i = 0; i < BATCH; i++) {
            Flow.Subscriber<? super Object> to = subscriber;
            if (isCancelled || to == null) {
                return true;
            }
            if (!isSubscribed) {
                isSubscribed = true;
                tell(() -> to.onSubscribe(this));
            } else if (isTerminated) {
                last(to, failure);
            } else if (badRequest != null) {
                last(to, badRequest);
            } else if (isEndSeen || !sendOne(to)) {
                return true;
            }
        }
        return false;
    }

    /** A subscriber must not throw (rule 2.13); one that does is as good as cancelled. */
    private void tell(Runnable signal) {
        try {
            signal.run();
        } catch (RuntimeException | Error broken) {
            log.warn("a subscriber of remote items failed", broken);
            cancel();
        }
    }

    private void last(Flow.Subscriber<? super Object> to, @Nullable Throwable how) {
        cancel();
        tell(how == null ? to::onComplete : () -> to.onError(how));
    }

    /** Whether there was something to send. */
    private boolean sendOne(Flow.Subscriber<? super Object> to) {
        boolean isWanted = demand.get() > 0;
        Object next = items.poll(isWanted);
        if (next == null) {
            return false;
        }
        if (next == IncomingItems.END) {
            isEndSeen = true;
            end.onTaken(items.failure(), this);
            return true;
        }
        if (demand.get() != Long.MAX_VALUE) {
            demand.decrementAndGet();
        }
        tell(() -> to.onNext(next));
        return true;
    }
}
