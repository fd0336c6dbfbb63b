package io.chaski.core.internal.runtime;

import io.chaski.core.Delivery;
import io.chaski.core.Message;
import io.chaski.core.PulledSubscription;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose messages wait until somebody takes them. Thread-safe.
 *
 * @param <T> type of the payloads
 */
final class WaitingSubscription<T extends @Nullable Object> extends ActiveSubscription<T>
        implements PulledSubscription<T> {

    /** Not a monitor, because waiting for a monitor pins a virtual thread to its carrier. */
    private final ReentrantLock lock = new ReentrantLock();

    /** A batch of the queue that is being handed out. Guarded by the lock, as what follows. */
    private final Deque<Incoming> taken = new ArrayDeque<>();

    private long dropped;
    private boolean isLastBatch;

    /** Completed when something has come or the subscription has ended; there is one while somebody waits. */
    private @Nullable CompletableFuture<Void> arrival;

    private volatile boolean hasOverflowed;
    private volatile @Nullable Runnable hook;

    /** Who finds the hook at work leaves the work to it; one that is always behind is asked any number of times. */
    private enum HookState {
        IDLE,
        /** Running, or about to. */
        CALLED,
        /** As above, and asked for meanwhile: it runs once more. */
        CALLED_AGAIN
    }

    private final AtomicReference<HookState> hookState = new AtomicReference<>(HookState.IDLE);

    WaitingSubscription(
            Topic<?> topic,
            Decoding<T> decoding,
            SubscribeOptions options,
            LocalTopic home,
            SubscriptionContext context) {
        super(topic, decoding, options, home, context);
    }

    // ---- taking, on any thread

    @Override
    public Optional<Delivery<T>> poll() {
        while (!isClosed()) {
            Incoming next;
            lock.lock();
            try {
                if (taken.isEmpty() && dropped == 0) {
                    takeMore();
                }
                if (dropped > 0) {
                    long lost = dropped;
                    dropped = 0;
                    return Optional.of(new Delivery.Dropped<>(lost));
                }
                next = taken.poll();
                if (next == null && !isLastBatch) {
                    return Optional.empty();
                }
            } finally {
                lock.unlock();
            }
            if (next == null) {
                hasOverflowed = true;
                onOverflowed();
            } else if (next instanceof Incoming.Missing notice) {
                return Optional.of(new Delivery.Missed<>(missed(notice)));
            } else if (next instanceof Incoming.Delivery delivery) {
                Message<T> message = decode(delivery);
                if (message != null) {
                    return Optional.of(new Delivery.Received<>(message));
                }
            }
        }
        if (hasOverflowed) {
            throw new QueueOverflowException(topic(), options().capacity());
        }
        return Optional.empty();
    }

    private void takeMore() {
        DeliveryQueue.Batch batch = takeBatch();
        if (batch != null) {
            taken.addAll(batch.items());
            dropped += batch.dropped();
            isLastBatch = batch.overflowed();
        }
    }

    @Override
    public Optional<Delivery<T>> poll(Duration limit) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        NodeLoop loop = context().loop();
        long limitNanos = NodeLoop.nanosOf(limit);
        long startNanos = loop.nanoTime();
        CompletableFuture<Void> next = null;
        while (true) {
            Optional<Delivery<T>> found = poll();
            long leftNanos = limitNanos - (loop.nanoTime() - startNanos);
            if (found.isPresent() || isClosed() || leftNanos <= 0) {
                return found;
            }
            if (next == null) {
                next = arrival(); // and then another look, for what came before it was there to be completed
            } else {
                loop.await(next, leftNanos);
                next = null;
            }
        }
    }

    private CompletableFuture<Void> arrival() {
        lock.lock();
        try {
            if (arrival == null) {
                arrival = new CompletableFuture<>();
            }
            return arrival;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onAvailable(Runnable newHook) {
        hook = Objects.requireNonNull(newHook, "hook");
        callHook();
    }

    // ---- waking whoever takes

    @Override
    void wakeTaker() {
        wakeWaiters();
        callHook();
    }

    @Override
    void onEnded() {
        lock.lock();
        try {
            taken.clear();
        } finally {
            lock.unlock();
        }
        wakeWaiters();
        callHook();
    }

    private void wakeWaiters() {
        CompletableFuture<Void> waiting;
        lock.lock();
        try {
            waiting = arrival;
            arrival = null;
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    private void callHook() {
        if (hook != null && hookState.getAndUpdate(WaitingSubscription::called) == HookState.IDLE) {
            context().callbacks().executeAnyway(this::runHook);
        }
    }

    /** Once, and again after others have had their turn if it was asked for meanwhile. */
    private void runHook() {
        hookState.set(HookState.CALLED);
        Runnable present = hook;
        if (present != null) {
            context().callbacks().call("a hook of " + topic(), present);
        }
        if (!hookState.compareAndSet(HookState.CALLED, HookState.IDLE)) {
            context().callbacks().executeAnyway(this::runHook);
        }
    }

    private static HookState called(HookState before) {
        return before == HookState.IDLE ? HookState.CALLED : HookState.CALLED_AGAIN;
    }
}
