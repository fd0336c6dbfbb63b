package io.chaski.remote.internal.many;

import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.CallTimeoutException;
import io.chaski.remote.Outcome;
import io.chaski.remote.Provider;
import io.chaski.remote.internal.call.CapturedCall;
import io.chaski.remote.internal.call.Providers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes one call at many providers, some of them at a time, all within one deadline. Each provider gives one outcome, whatever happens.
 * Thread-safe.
 *
 * @param <T> what the method returns
 */
public final class Fanout<T extends @Nullable Object> {

    private final CapturedCall call;
    private final int atOnce;
    private final long startNanos;
    private final Duration limit;
    private final Queue<Provider> left;
    private final Collected<T> collected;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger wakes = new AtomicInteger();

    /** Guarded by itself. At most as many as are called at once. */
    private final Map<Provider, CompletableFuture<?>> running = new LinkedHashMap<>();

    private volatile boolean isCancelled;

    /**
     * A call that has not begun.
     *
     * @param call what
     * @param providers at whom
     * @param known services there are, for the message when nobody serves what is called
     * @param atOnce how many calls are under way at a time
     * @param executor where subscribers are called
     */
    public Fanout(CapturedCall call, List<Provider> providers, List<String> known, int atOnce, Executor executor) {
        this.call = call;
        this.atOnce = atOnce;
        this.startNanos =
                System.nanoTime() + call.options().delay().orElse(Duration.ZERO).toNanos();
        this.limit = call.options().deadline().orElse(CallOptions.DEFAULT_DEADLINE);
        this.left = new ConcurrentLinkedQueue<>(providers);
        this.collected = new Collected<>(label(), providers.size(), known, executor);
    }

    private String label() {
        return call.service() + "." + call.method().name();
    }

    /** What they answer. */
    public Collected<T> collected() {
        return collected;
    }

    /** Calls as many as may be called at once; the others follow as these answer. */
    public void start() {
        if (wakes.getAndIncrement() != 0) {
            return; // whoever is at it looks again: a call that fails at once ends inside of its own beginning
        }
        int seen = wakes.get();
        do {
            while (underWay.get() < atOnce && begin(left.poll())) {
                underWay.incrementAndGet();
            }
            seen = wakes.addAndGet(-seen);
        } while (seen != 0);
    }

    private boolean begin(@Nullable Provider provider) {
        if (provider == null) {
            return false;
        }
        long nowNanos = System.nanoTime();
        Duration delay = Duration.ofNanos(Math.max(0, startNanos - nowNanos));
        Duration remaining = limit.minusNanos(Math.max(0, nowNanos - startNanos));
        if (isCancelled || remaining.isNegative() || remaining.isZero()) {
            onEnd(
                    provider,
                    null,
                    isCancelled
                            ? new CancellationException("cancelled before it was called")
                            : new CallTimeoutException(provider.node(), label(), limit, Execution.NOT_EXECUTED));
            return true;
        }
        CallOptions options = CallOptions.builder()
                .deadline(remaining)
                .delay(delay)
                .version(provider.service().version())
                .build()
                .over(call.options());
        CompletableFuture<@Nullable Object> result;
        try {
            result = call.begin(Providers.at(provider.node()), options);
        } catch (RuntimeException refused) { // the remote has been closed meanwhile
            onEnd(provider, null, refused);
            return true;
        }
        synchronized (running) {
            running.put(provider, result);
        }
        var unused = result.whenComplete((value, failure) -> {
            synchronized (running) {
                running.remove(provider);
            }
            onEnd(provider, value, failure);
        });
        if (isCancelled) {
            result.cancel(false);
        }
        return true;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the value is of the type of the method's result
    private void onEnd(Provider provider, @Nullable Object value, @Nullable Throwable failure) {
        underWay.decrementAndGet();
        if (failure == null) {
            collected.add(new Outcome.Value<>(provider, (T) value));
        } else {
            boolean isWrapped = failure instanceof CompletionException && failure.getCause() != null;
            collected.add(new Outcome.Failed<>(provider, isWrapped ? failure.getCause() : failure));
        }
        start();
    }

    /** Cancels the calls that are under way, and those that have not begun. Answers that are there stay. */
    public void cancel() {
        isCancelled = true;
        List<CompletableFuture<?>> all;
        synchronized (running) {
            all = List.copyOf(running.values());
        }
        all.forEach(each -> each.cancel(false));
    }
}
