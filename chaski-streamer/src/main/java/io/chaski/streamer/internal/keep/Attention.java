package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import java.util.concurrent.atomic.AtomicInteger;

/** Whether a keeper that a subscriber follows says something. One that does not is tried behind all others. Thread-safe. */
final class Attention {

    private final DurableNode hub;
    private final NodeId keeper;
    private final AtomicInteger untaken = new AtomicInteger();
    private volatile long sinceNanos;
    private volatile boolean hasSpoken;

    Attention(DurableNode hub, NodeId keeper) {
        this.hub = hub;
        this.keeper = keeper;
        this.sinceNanos = now();
    }

    private long now() {
        return hub.module().nanoTime();
    }

    NodeId keeper() {
        return keeper;
    }

    /** It has taken something that was said to it. */
    void onListened() {
        sinceNanos = now();
    }

    /** It has said something, which {@link #onTaken} follows. */
    void onSaid() {
        sinceNanos = now();
        untaken.incrementAndGet();
        if (!hasSpoken) {
            hasSpoken = true;
            hub.readings().onWorked(keeper);
        }
    }

    /** The subscriber has taken what was said: a slow handler keeps the keeper silent. */
    void onTaken() {
        sinceNanos = now();
        untaken.decrementAndGet();
    }

    /** It cannot be reached, has gone, or has said what it should not. */
    void onFailed() {
        hub.readings().onFailed(keeper);
    }

    boolean isSilent(long nowNanos) {
        long limitNanos = hasSpoken ? Keeper.SILENCE_NANOS : Keeper.FIRST_WORD_NANOS;
        return untaken.get() == 0 && nowNanos - sinceNanos >= limitNanos;
    }
}
