package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What became of an entry. Immutable.
 *
 * @param answer null if it was refused
 * @param refusal why it was refused; null if it was not
 */
record Outcome(@Nullable Appended answer, @Nullable TopicStoreException refusal) {

    static Outcome of(Appended answer) {
        return new Outcome(answer, null);
    }

    static Outcome refused(TopicStoreException refusal) {
        return new Outcome(null, refusal);
    }

    void complete(CompletableFuture<Appended> future) {
        if (refusal == null) {
            future.complete(answer);
        } else {
            future.completeExceptionally(refusal);
        }
    }
}
