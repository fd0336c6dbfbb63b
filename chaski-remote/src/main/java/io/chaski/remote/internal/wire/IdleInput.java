package io.chaski.remote.internal.wire;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends what does not get on: a peer that announces much, sends a part and then nothing would hold memory that all calls share for
 * as long as its deadline says, or its connection lasts. One timer for all, and none when there is nothing to watch. Thread-safe.
 */
public final class IdleInput {

    /** Longer than any pause of a connection that the core still keeps. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    /** Something of which more has to come. */
    @FunctionalInterface
    public interface Watched {

        /**
         * Ends it if nothing has come for too long.
         *
         * @param nowNanos on the clock of {@link System#nanoTime()}
         * @param limitNanos how long that is
         */
        void endIfIdle(long nowNanos, long limitNanos);
    }

    private final long limitNanos;
    private final Executor threads;
    private final Set<Watched> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isArmed = new AtomicBoolean();

    /**
     * Watches nothing yet.
     *
     * @param limit how long nothing may come; noticed within twice this time
     * @param threads where it looks; does nothing if they are closed
     */
    public IdleInput(Duration limit, Executor threads) {
        this.limitNanos = limit.toNanos();
        this.threads = threads;
    }

    /**
     * Watches something.
     *
     * @param input what
     */
    public void add(Watched input) {
        waiting.add(input);
        arm();
    }

    /**
     * Watches it no longer.
     *
     * @param input what
     */
    public void remove(Watched input) {
        waiting.remove(input);
    }

    private void arm() {
        if (isArmed.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(limitNanos, TimeUnit.NANOSECONDS, threads)
                    .execute(this::look);
        }
    }

    private void look() {
        try {
            long nowNanos = System.nanoTime();
            waiting.forEach(input -> input.endIfIdle(nowNanos, limitNanos));
        } finally {
            isArmed.set(false);
            if (!waiting.isEmpty()) {
                arm();
            }
        }
    }
}
