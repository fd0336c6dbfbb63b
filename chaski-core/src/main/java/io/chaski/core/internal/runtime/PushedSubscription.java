package io.chaski.core.internal.runtime;

import io.chaski.core.Dispatch;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscription with a handler, which runs on one callback at a time, or on the loop with {@link Dispatch#INLINE}.
 * Thread-safe.
 *
 * @param <T> type of the payloads
 */
final class PushedSubscription<T extends @Nullable Object> extends ActiveSubscription<T> {

    /** Batches that one callback handles before it lets others have the thread. */
    private static final int ROUNDS = 16;

    private final Consumer<? super Message<T>> handler;
    private final String handlerName;
    private final LongAdder failed = new LongAdder();

    PushedSubscription(
            Topic<T> topic,
            Consumer<? super Message<T>> handler,
            SubscribeOptions options,
            LocalTopic home,
            SubscriptionContext context) {
        super(topic, Decoding.of(topic, context), options, home, context);
        this.handler = handler;
        this.handlerName = "a handler of " + topic;
    }

    @Override
    boolean isTakenAtOnce(Incoming item) {
        if (options().dispatch() != Dispatch.INLINE) {
            return false;
        }
        handle(item);
        return true;
    }

    @Override
    void wakeTaker() {
        send(this::drain);
    }

    @Override
    long failures() {
        return failed.sum();
    }

    // ---- called on a callback, one at a time

    private void drain() {
        do {
            for (int round = 0; round < ROUNDS; round++) {
                DeliveryQueue.Batch batch = takeBatch();
                if (batch == null) {
                    return;
                }
                handle(batch);
            }
        } while (!context().callbacks().offer(this::drain)); // who is fair to a full executor gets no thread back
    }

    private void handle(DeliveryQueue.Batch batch) {
        if (batch.dropped() > 0 && !isClosed()) {
            callBack(() -> options().onDrop().accept(batch.dropped()));
        }
        for (Incoming item : batch.items()) {
            if (isClosed()) {
                return;
            }
            handle(item);
        }
        if (batch.overflowed()) {
            onOverflowed();
        }
    }

    private void handle(Incoming item) {
        if (item instanceof Incoming.Delivery delivery) {
            Message<T> message = decode(delivery);
            if (message != null) {
                callBack(() -> handler.accept(message));
            }
        } else if (item instanceof Incoming.Missing gone) {
            NodeEvent.Gap gap = missed(gone);
            callBack(() -> options().onGap().accept(gap));
        }
    }

    private void callBack(Runnable code) {
        if (!context().callbacks().call(handlerName, code)) {
            failed.increment();
        }
    }
}
