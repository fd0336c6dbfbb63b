package io.chaski.streamer.internal.durable;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What became of an entry: an answer, or why it was refused. Immutable. */
final class Outcome {

    private final @Nullable Appended answer;
    private final @Nullable TopicStoreException refusal;

    private Outcome(@Nullable Appended answer, @Nullable TopicStoreException refusal) {
        this.answer = answer;
        this.refusal = refusal;
    }

    static Outcome of(Appended answer) {
        return new Outcome(answer, null);
    }

    static Outcome refused(TopicStoreException refusal) {
        return new Outcome(null, refusal);
    }

    /** The answer. */
    Appended answer() {
        if (refusal != null) {
            throw refusal;
        }
        return Objects.requireNonNull(answer);
    }

    void complete(CompletableFuture<Appended> future) {
        if (refusal == null) {
            future.complete(answer);
        } else {
            future.completeExceptionally(refusal);
        }
    }
}
