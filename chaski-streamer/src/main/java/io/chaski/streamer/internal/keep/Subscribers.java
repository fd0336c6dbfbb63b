package io.chaski.streamer.internal.keep;

import io.chaski.core.internal.module.ModuleNode;
import io.chaski.streamer.internal.durable.TopicStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Of a topic on this node: ending them, and forgetting those that a store remembers. */
public final class Subscribers {

    private Subscribers() {}

    /**
     * Forgets one that is not open.
     *
     * @return completes on the callback executor with whether it was known, when that is on disk; fails with
     *     {@link io.chaski.streamer.TopicStoreException}
     */
    public static CompletableFuture<Boolean> forget(DurableNode hub, TopicStore store, String name) {
        boolean isKnown = store.consumers().contains(StoredCursor.DONE + name);
        CompletableFuture<Boolean> told = hub.module().newFuture();
        var unused = CompletableFuture.allOf(
                        store.forget(StoredCursor.DONE + name), store.forget(StoredCursor.DOUBT + name))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        hub.module().complete(told, isKnown);
                    } else {
                        Throwable cause = failure.getCause(); // in a CompletionException, since there were two
                        hub.module().fail(told, cause == null ? failure : cause);
                    }
                });
        return told;
    }

    /** Waits until all have closed, as long as one may take; an interrupt ends that. */
    public static void awaitClosed(ModuleNode module, List<DurableReader> readers) {
        CompletableFuture<?> all = CompletableFuture.allOf(
                readers.stream().map(DurableReader::closed).toArray(CompletableFuture<?>[]::new));
        try {
            boolean unused = module.await(all, StoredCursor.CLOSE_LIMIT.plusMillis(100)); // it gives up then
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
