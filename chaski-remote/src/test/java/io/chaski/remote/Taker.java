package io.chaski.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A subscriber that keeps what it hears, and notes what it must not hear. */
final class Taker<T> implements Flow.Subscriber<T> {

    final BlockingQueue<T> items = new LinkedBlockingQueue<>();
    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    final CompletableFuture<List<T>> all = new CompletableFuture<>();

    /** Signals at the same time, after the last one, or on an event loop. */
    final AtomicInteger violations = new AtomicInteger();

    private final long first;
    private final AtomicInteger active = new AtomicInteger();

    private Taker(long first) {
        this.first = first;
    }

    static <T> Taker<T> ofAll(Flow.Publisher<T> publisher) {
        return of(publisher, Long.MAX_VALUE);
    }

    static <T> Taker<T> of(Flow.Publisher<T> publisher, long first) {
        Taker<T> taker = new Taker<>(first);
        publisher.subscribe(taker);
        return taker;
    }

    void request(long count) {
        subscription.join().request(count);
    }

    void cancel() {
        subscription.join().cancel();
    }

    private void signal(Runnable action) {
        if (active.incrementAndGet() != 1
                || all.isDone()
                || Thread.currentThread().getName().contains("loop")) {
            violations.incrementAndGet();
        }
        action.run();
        active.decrementAndGet();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        signal(() -> {
            if (first > 0) {
                given.request(first);
            }
            subscription.complete(given);
        });
    }

    @Override
    public void onNext(T item) {
        signal(() -> items.add(item));
    }

    @Override
    public void onError(Throwable failure) {
        signal(() -> all.completeExceptionally(failure));
    }

    @Override
    public void onComplete() {
        signal(() -> all.complete(new ArrayList<>(items)));
    }
}
