package io.chaski.core.internal.runtime;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream, for whoever waits for it. Mostly nobody does, and then it costs neither a future nor a callback, which
 * would wake a thread for each stream. Thread-safe.
 */
final class StreamEnd {

    private final NodeLoop loop;
    private final Completions completions;

    /** Guarded by this, as is what follows; held for a moment only. */
    private @Nullable CompletableFuture<Void> asked;

    private boolean hasEnded;
    private @Nullable Throwable failure;

    /**
     * A stream that has not ended.
     *
     * @param loop makes the future
     * @param completions complete it
     */
    StreamEnd(NodeLoop loop, Completions completions) {
        this.loop = loop;
        this.completions = completions;
    }

    /** Completes when the stream has ended, in whatever way; a copy, which the caller may cancel. */
    synchronized CompletableFuture<Void> future() {
        CompletableFuture<Void> end = asked;
        if (end == null) {
            end = loop.newFuture();
            asked = end;
            if (hasEnded) { // nobody depends on it yet
                complete(end, Completions.INLINE);
            }
        }
        return end.copy();
    }

    /**
     * The stream has ended.
     *
     * @param cause why, null if it ended well
     */
    void set(@Nullable Throwable cause) {
        CompletableFuture<Void> waiting;
        synchronized (this) {
            hasEnded = true;
            failure = cause;
            waiting = asked;
        }
        if (waiting != null) {
            complete(waiting, completions);
        }
    }

    private void complete(CompletableFuture<Void> end, Completions by) {
        Throwable cause = failure;
        if (cause == null) {
            by.complete(end, null);
        } else {
            by.fail(end, cause);
        }
    }
}
