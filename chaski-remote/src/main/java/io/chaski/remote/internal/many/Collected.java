package io.chaski.remote.internal.many;

import io.chaski.remote.NoProviderException;
import io.chaski.remote.NoQuorumException;
import io.chaski.remote.Outcome;
import io.chaski.remote.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The answers of several providers to one call, one each, and who waits for what of them. Thread-safe.
 *
 * @param <T> what the method returns
 */
public final class Collected<T extends @Nullable Object> {

    private final String method;
    private final int providers;
    private final List<String> known;
    private final ReplayPublisher<Outcome<T>> published;
    private final CompletableFuture<Map<Provider, Outcome<T>>> all = new CompletableFuture<>();

    /** Guards what follows. */
    private final Object lock = new Object();

    private final Map<Provider, Outcome<T>> outcomes = new LinkedHashMap<>();

    /** How many have given each value; null is one. */
    private final Map<@Nullable Object, Integer> votes = new HashMap<>();

    private final List<Quorum> waiting = new ArrayList<>();
    private int failures;
    private @Nullable Throwable firstFailure;

    private final class Quorum {
        private final int wanted;
        private final CompletableFuture<T> future = new CompletableFuture<>();

        Quorum(int wanted) {
            this.wanted = wanted;
        }
    }

    /**
     * No answer yet.
     *
     * @param method what is called
     * @param providers how many are called
     * @param known services there are, for the message when nobody is called
     * @param executor where subscribers are called
     */
    Collected(String method, int providers, List<String> known, Executor executor) {
        this.method = method;
        this.providers = providers;
        this.known = known;
        this.published = new ReplayPublisher<>(executor);
        if (providers == 0) {
            published.complete();
            all.complete(Map.of());
        }
    }

    /** The one answer of a provider. */
    void add(Outcome<T> outcome) {
        List<Runnable> completions = new ArrayList<>();
        boolean isLast;
        synchronized (lock) {
            outcomes.put(outcome.provider(), outcome);
            if (outcome instanceof Outcome.Value<T> answer) {
                votes.merge(answer.value(), 1, Integer::sum);
            } else if (outcome instanceof Outcome.Failed<T> failed) {
                failures++;
                firstFailure = firstFailure == null ? failed.failure() : firstFailure;
            }
            isLast = outcomes.size() == providers;
            waiting.removeIf(quorum -> decide(quorum, completions));
            if (isLast) {
                Map<Provider, Outcome<T>> copy = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
                completions.add(() -> all.complete(copy));
            }
        }
        published.publish(outcome);
        if (isLast) {
            published.complete();
        }
        completions.forEach(Runnable::run);
    }

    /** Whether it is decided; how is told outside the lock. */
    @SuppressWarnings("unchecked") // the votes are values
    private boolean decide(Quorum quorum, List<Runnable> completions) {
        Map.@Nullable Entry<@Nullable Object, Integer> best = null;
        for (Map.Entry<@Nullable Object, Integer> each : votes.entrySet()) {
            best = best == null || each.getValue() > best.getValue() ? each : best;
        }
        int agreed = best == null ? 0 : best.getValue();
        if (best != null && agreed >= quorum.wanted) {
            T value = (T) best.getKey();
            completions.add(() -> quorum.future.complete(value));
            return true;
        }
        int open = providers - outcomes.size();
        if (agreed + open >= quorum.wanted) {
            return false;
        }
        Throwable failure = providers == 0
                ? new NoProviderException(null, method + ": nobody serves it", known)
                : new NoQuorumException(
                        method, quorum.wanted, agreed, outcomes.size() - failures, failures, providers, firstFailure);
        completions.add(() -> quorum.future.completeExceptionally(failure));
        return true;
    }

    /** All answers, each when it comes. */
    public Flow.Publisher<Outcome<T>> outcomes() {
        return published;
    }

    /** All answers, when the last has come. */
    public CompletableFuture<Map<Provider, Outcome<T>>> all() {
        return all.copy();
    }

    /**
     * The value on which so many agree.
     *
     * @param wanted 1 or more
     */
    public CompletableFuture<T> quorum(int wanted) {
        Quorum quorum = new Quorum(wanted);
        List<Runnable> completions = new ArrayList<>();
        synchronized (lock) {
            if (!decide(quorum, completions)) {
                waiting.add(quorum);
            }
        }
        completions.forEach(Runnable::run);
        return quorum.future;
    }
}
