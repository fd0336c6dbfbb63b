package io.chaski.core.internal.runtime;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where futures complete, and with them what depends on them. Thread-safe. */
interface Completions {

    /** At once, on the thread that knows: for dependents that never wait. */
    Completions INLINE = new Completions() {
        @Override
        public <V> void complete(CompletableFuture<V> future, @Nullable V value) {
            future.complete(value);
        }

        @Override
        public void fail(CompletableFuture<?> future, Throwable failure) {
            future.completeExceptionally(failure);
        }
    };

    /**
     * Completes a future.
     *
     * @param future what somebody may wait for
     * @param value the result
     */
    <V> void complete(CompletableFuture<V> future, @Nullable V value);

    /**
     * As {@link #complete}, with a failure.
     *
     * @param future what somebody may wait for
     * @param failure why there is no result
     */
    void fail(CompletableFuture<?> future, Throwable failure);
}
