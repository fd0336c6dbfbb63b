package io.chaski.core.internal.runtime;

import io.chaski.core.Delivery;
import io.chaski.core.Message;
import io.chaski.core.PulledSubscription;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose messages wait until somebody takes them. Thread-safe.
 *
 * @param <T> type of the payloads
 */
final class WaitingSubscription<T extends @Nullable Object> extends ActiveSubscription<T>
        implements PulledSubscription<T> {

    private static final Runnable NOTHING = () -> {};

    private final Object lock = new Object();

    /** Taken from the queue in one go, not given to anybody yet. Guarded by the lock, as what follows. */
    private final Deque<Incoming> taken = new ArrayDeque<>();

    private long dropped;
    private boolean isOverflowed;

    /** Completed when something has come; there is one while somebody waits. */
    private @Nullable CompletableFuture<Void> arrival;

    private volatile Runnable hook = NOTHING;

    /** How often the hook is to run: whoever finds it at work leaves the work to it. */
    private final AtomicInteger calls = new AtomicInteger();

    WaitingSubscription(Topic<T> topic, SubscribeOptions options, LocalTopic home, SubscriptionContext context) {
        super(topic, options, home, context);
    }

    @Override
    public Optional<Delivery<T>> poll() {
        while (!isClosed()) {
            Incoming next;
            synchronized (lock) {
                if (taken.isEmpty() && dropped == 0) {
                    takeMore();
                }
                if (dropped > 0) {
                    long lost = dropped;
                    dropped = 0;
                    return Optional.of(new Delivery.Dropped<>(lost));
                }
                next = taken.poll();
                if (next == null && !isOverflowed) {
                    return Optional.empty();
                }
            }
            if (next == null) {
                onOverflowed();
            } else if (next instanceof Incoming.Missing gone) {
                return Optional.of(new Delivery.Missed<>(gone.gap()));
            } else if (next instanceof Incoming.Delivery delivery) {
                Message<T> message = decode(delivery);
                if (message != null) {
                    return Optional.of(new Delivery.Received<>(message));
                }
            }
        }
        return Optional.empty();
    }

    private void takeMore() {
        DeliveryQueue.Batch batch = takeBatch();
        if (batch != null) {
            taken.addAll(batch.items());
            dropped += batch.dropped();
            isOverflowed |= batch.overflowed();
        }
    }

    @Override
    public Optional<Delivery<T>> poll(Duration limit) throws InterruptedException {
        NodeLoop loop = context().loop();
        long limitNanos = NodeLoop.nanosOf(limit);
        long startNanos = loop.nanoTime();
        while (true) {
            // First, so that what comes after the look is not missed.
            CompletableFuture<Void> next = arrival();
            Optional<Delivery<T>> found = poll();
            long leftNanos = limitNanos - (loop.nanoTime() - startNanos);
            if (found.isPresent() || isClosed() || leftNanos <= 0) {
                return found;
            }
            loop.await(next, leftNanos);
        }
    }

    private CompletableFuture<Void> arrival() {
        synchronized (lock) {
            if (arrival == null) {
                arrival = new CompletableFuture<>();
            }
            return arrival;
        }
    }

    @Override
    public void onAvailable(Runnable newHook) {
        hook = newHook;
        wakeHook();
    }

    @Override
    void wakeTaker() {
        wakeWaiters();
        wakeHook();
    }

    @Override
    void onEnded() {
        wakeWaiters();
        wakeHook();
    }

    private void wakeWaiters() {
        CompletableFuture<Void> waiting;
        synchronized (lock) {
            waiting = arrival;
            arrival = null;
        }
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    private void wakeHook() {
        if (hook != NOTHING && calls.getAndIncrement() == 0) {
            send(this::runHook);
        }
    }

    private void runHook() {
        int seen;
        do {
            seen = calls.get();
            context().callbacks().call("a hook of " + topic(), hook);
        } while (!calls.compareAndSet(seen, 0));
    }
}
