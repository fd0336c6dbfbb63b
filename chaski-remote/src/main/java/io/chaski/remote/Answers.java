package io.chaski.remote;

import io.chaski.remote.internal.many.Collected;
import io.chaski.remote.internal.many.Fanout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * What the providers of a service answer to one call that all of them got. Each has one outcome, a value or a failure, and none is lost:
 * who fails or is late takes nothing away from the others. Thread-safe.
 *
 * @param <T> what the method returns
 */
public final class Answers<T extends @Nullable Object> {

    private final List<Provider> providers;
    private final Fanout<T> fanout;
    private final Collected<T> collected;

    Answers(List<Provider> providers, Fanout<T> fanout) {
        this.providers = List.copyOf(providers);
        this.fanout = fanout;
        this.collected = fanout.collected();
    }

    /** Who was called: those that were known when the call was made. */
    public List<Provider> providers() {
        return providers;
    }

    /**
     * The outcomes as they come. Every subscriber gets all of them from the first one on, on threads of the calls, and the end after the
     * last; there are as many as {@link #providers()}.
     */
    public Flow.Publisher<Outcome<T>> outcomes() {
        return collected.outcomes();
    }

    /**
     * The outcomes by provider, in the order they came.
     *
     * @return completes when the last has come, at the deadline of the call at the latest, and does not fail
     */
    public CompletableFuture<Map<Provider, Outcome<T>>> toMap() {
        return collected.all();
    }

    /**
     * The first value.
     *
     * @return fails with {@link NoQuorumException} if all have failed, and with {@link NoProviderException} if there was nobody
     */
    public CompletableFuture<T> first() {
        return quorum(1);
    }

    /**
     * The value that more than half of the providers agree on, failures not left out of the count.
     *
     * @return as {@link #quorum(int)}
     */
    public CompletableFuture<T> majority() {
        return quorum(providers.size() / 2 + 1);
    }

    /**
     * The value that some providers agree on, which {@link Object#equals} decides.
     *
     * @param count how many, 1 or more
     * @return completes as soon as so many have given the same value; fails as soon as that cannot be any more, with {@link
     *     NoQuorumException}, or with {@link NoProviderException} if there was nobody. The calls go on
     * @throws IllegalArgumentException if the count is less than 1
     */
    public CompletableFuture<T> quorum(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a quorum has 1 or more: " + count);
        }
        return collected.quorum(count);
    }

    /**
     * Cancels the calls that have no outcome yet; theirs is a {@link Outcome.Failed} with a {@link
     * java.util.concurrent.CancellationException}.
     */
    public void cancel() {
        fanout.cancel();
    }
}
