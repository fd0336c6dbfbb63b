package io.chaski.core;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose messages wait in its queue until somebody takes them: for code that waits, and for those who build
 * other styles on it. Thread-safe; each delivery is given to one taker.
 *
 * @param <T> type of the payloads
 */
public interface PulledSubscription<T extends @Nullable Object> extends Subscription {

    /**
     * Takes what comes next. Never waits, on any thread.
     *
     * @return empty if nothing waits now, and for ever after {@link #close()}
     * @throws QueueOverflowException if the queue overflowed under {@link OverflowPolicy#FAIL} and everything before has
     *     been taken
     */
    Optional<Delivery<T>> poll();

    /**
     * Takes what comes next, and waits for it.
     *
     * @param limit how long; zero not to wait
     * @return empty if nothing came in time, or the subscription is closed: {@link #isClosed()} tells
     * @throws InterruptedException if the caller is interrupted, also if something waits to be taken; nothing is taken then
     * @throws IllegalStateException if called on an event loop and nothing can be taken at once
     * @throws QueueOverflowException as {@link #poll()}
     */
    Optional<Delivery<T>> poll(Duration limit) throws InterruptedException;

    /**
     * Has a hook run soon, then whenever something can be taken after {@link #poll()} has found nothing, and when the
     * subscription closes. It runs on the callback executor, never twice at the same time. What it throws is logged and
     * counted. Giving the same hook again makes it run again.
     *
     * @param hook takes what is there, or has somebody else do it; replaces the one before
     */
    void onAvailable(Runnable hook);

    /** Whether it has ended, by whomever: known at once, where {@link #closed()} completes on the callback executor. */
    boolean isClosed();
}
