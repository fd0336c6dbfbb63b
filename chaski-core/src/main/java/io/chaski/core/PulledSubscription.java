package io.chaski.core;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose messages wait in its queue until somebody takes them, for code that waits and for those who build
 * other styles on it. Thread-safe; each message is given to one taker.
 *
 * @param <T> type of the payloads
 */
public interface PulledSubscription<T extends @Nullable Object> extends Subscription {

    /**
     * Takes what comes next. Never waits, on any thread.
     *
     * @return empty if nothing waits now, and for ever after {@link #close()}
     */
    Optional<Delivery<T>> poll();

    /**
     * Takes what comes next, and waits for it.
     *
     * @param limit how long; zero not to wait
     * @return empty if nothing came in time, or the subscription closed: {@link #closed()} tells
     * @throws InterruptedException if the caller is interrupted; nothing is taken then
     * @throws IllegalStateException if called on an event loop
     */
    Optional<Delivery<T>> poll(Duration limit) throws InterruptedException;

    /**
     * Has a hook run whenever something can be taken after {@link #poll()} has found nothing, and when the subscription
     * closes. It runs on the callback executor, never twice at the same time. What it throws is logged and counted.
     *
     * @param hook takes what is there, or has somebody else do it; replaces the one before
     */
    void onAvailable(Runnable hook);
}
