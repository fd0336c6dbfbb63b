package io.chaski.remote.internal.context;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Looks at each of a set of things again and again: one timer for all of them, and none when there are none. Thread-safe.
 *
 * @param <T> what is looked at
 */
public final class Rounds<T> {

    /** What is done with each thing in a round. */
    @FunctionalInterface
    public interface Look<T> {

        /**
         * Looks at one.
         *
         * @param each what
         * @param nowNanos on the clock of {@link System#nanoTime()}, the same for the whole round
         */
        void at(T each, long nowNanos);
    }

    private final long periodNanos;
    private final Executor executor;
    private final Look<? super T> look;
    private final Set<T> watched = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isArmed = new AtomicBoolean();

    /**
     * Nothing to look at yet.
     *
     * @param period from one round to the next
     * @param executor where it looks; if it refuses, there are no more rounds
     * @param look what is done
     */
    public Rounds(Duration period, Executor executor, Look<? super T> look) {
        this.periodNanos = period.toNanos();
        this.executor = executor;
        this.look = look;
    }

    /**
     * Looks at something from the next round on.
     *
     * @param one what
     */
    public void add(T one) {
        watched.add(one);
        arm();
    }

    /**
     * Looks at it no longer.
     *
     * @param one what
     */
    public void remove(T one) {
        watched.remove(one);
    }

    /** How many are looked at. */
    public int size() {
        return watched.size();
    }

    /**
     * Does something with each, now.
     *
     * @param action what
     */
    public void forEach(Consumer<? super T> action) {
        watched.forEach(action);
    }

    private void arm() {
        if (isArmed.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(periodNanos, TimeUnit.NANOSECONDS, executor)
                    .execute(this::round);
        }
    }

    private void round() {
        try {
            long nowNanos = System.nanoTime();
            watched.forEach(each -> look.at(each, nowNanos));
        } finally {
            isArmed.set(false);
            if (!watched.isEmpty()) {
                arm();
            }
        }
    }
}
