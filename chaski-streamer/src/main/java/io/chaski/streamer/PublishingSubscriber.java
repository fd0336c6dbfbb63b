package io.chaski.streamer;

import io.chaski.core.Receipt;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what it gets: a few items are requested at first, and one more for each message that leaves the node, so that
 * what is upstream waits for the topic's subscribers. Serves one subscription. Thread-safe.
 *
 * @param <T> type of the payloads
 */
public final class PublishingSubscriber<T extends @Nullable Object> implements Flow.Subscriber<T> {

    /**
     * Messages on their way out: enough that the node takes several in one turn, few enough that the largest ones of the
     * default size take half of what a node lets wait.
     */
    static final int WINDOW = 8;

    private final TopicPublisher<T> publisher;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Messages on their way out, and one more until the upstream has completed. */
    private final AtomicInteger pending = new AtomicInteger(1);

    /** Null before the subscription and after its end: then nothing may be requested (rules 2.3 and 2.4). */
    private volatile Flow.@Nullable Subscription upstream;

    private boolean isSubscribed;

    PublishingSubscriber(TopicPublisher<T> publisher) {
        this.publisher = publisher;
    }

    /**
     * Completes when the upstream has completed and the node has accepted everything; what slow neighbours are owed may
     * still be on its way, and closing the node does not wait for it. Fails with the upstream's error, with
     * {@link PublishRejectedException} if a message was given up, or with what {@link TopicPublisher#publishAsync} throws;
     * the upstream is cancelled then. Its dependents run on the callback executor or on a thread of the upstream.
     */
    public CompletableFuture<Void> done() {
        return done.copy();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (isSubscribed) {
            subscription.cancel(); // rule 2.5
            return;
        }
        isSubscribed = true;
        upstream = subscription;
        subscription.request(WINDOW);
    }

    @Override
    public void onNext(T item) {
        Objects.requireNonNull(item, "item");
        if (done.isDone()) {
            return; // what was on its way when the subscription was cancelled
        }
        pending.incrementAndGet();
        try {
            var unused = publisher.publishAsync(item).whenComplete(this::onPublished);
        } catch (RuntimeException failure) {
            fail(failure);
        }
    }

    private void onPublished(@Nullable Receipt receipt, @Nullable Throwable failure) {
        if (failure != null) {
            fail(failure);
        } else if (receipt != null && receipt.isRejected()) {
            fail(new PublishRejectedException(publisher.topic().name(), receipt.status()));
        } else {
            requestOne();
            finishOne();
        }
    }

    private void requestOne() {
        Flow.Subscription source = upstream;
        if (source != null) {
            source.request(1);
        }
    }

    private void fail(Throwable failure) {
        Flow.Subscription source = upstream;
        upstream = null;
        if (done.completeExceptionally(failure) && source != null) {
            source.cancel();
        }
    }

    private void finishOne() {
        if (pending.decrementAndGet() == 0) {
            done.complete(null);
        }
    }

    @Override
    public void onError(Throwable failure) {
        upstream = null;
        done.completeExceptionally(Objects.requireNonNull(failure, "failure"));
    }

    @Override
    public void onComplete() {
        upstream = null;
        finishOne();
    }
}
