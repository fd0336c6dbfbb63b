package io.chaski.remote.internal.serve;

import io.chaski.remote.internal.context.CallThreads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends calls whose arguments do not get on: a peer that announces much, sends a part and then nothing would hold memory that all
 * callers share for as long as its deadline says. One timer for all calls, and none when there are none. Thread-safe.
 */
final class IdleArguments {

    /** Longer than any pause of a connection that the core still keeps. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private final long limitNanos;
    private final CallThreads threads;
    private final Set<ServingCall> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isArmed = new AtomicBoolean();

    /**
     * Watches nothing yet.
     *
     * @param limit how long nothing may come; noticed within twice this time
     * @param threads where it looks
     */
    IdleArguments(Duration limit, CallThreads threads) {
        this.limitNanos = limit.toNanos();
        this.threads = threads;
    }

    void add(ServingCall call) {
        waiting.add(call);
        arm();
    }

    void remove(ServingCall call) {
        waiting.remove(call);
    }

    private void arm() {
        if (isArmed.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(limitNanos, TimeUnit.NANOSECONDS, threads::tryExecute)
                    .execute(this::look);
        }
    }

    private void look() {
        long nowNanos = System.nanoTime();
        waiting.forEach(call -> call.endIfIdle(nowNanos, limitNanos));
        isArmed.set(false);
        if (!waiting.isEmpty()) {
            arm();
        }
    }
}
