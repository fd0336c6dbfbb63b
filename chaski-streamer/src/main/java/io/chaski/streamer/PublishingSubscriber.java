package io.chaski.streamer;

import io.chaski.core.Receipt;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what it gets: a few items are requested at first, and one more for each message that leaves the node, so that
 * what is upstream waits for the topic's subscribers. What finds no room, because these take no more or because others have
 * filled the node's queue, is kept and offered again, in order. Serves one subscription. Thread-safe.
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

    /** What has not been let in yet, in order; no more than was requested. */
    private final Queue<T> kept = new ConcurrentLinkedQueue<>();

    /** Items of the above. Whoever adds the first one sends until none is left, or has somebody go on when there is room. */
    private final AtomicInteger unsent = new AtomicInteger();

    /** Whether something was given up, so that nothing comes after it. */
    private volatile boolean isOver;

    private boolean isSubscribed;

    PublishingSubscriber(TopicPublisher<T> publisher) {
        this.publisher = publisher;
    }

    /**
     * Completes when the upstream has completed and the node has accepted everything; what slow neighbours are owed may
     * still be on its way, and closing the node waits three seconds for it at most. Fails with the upstream's error, with
     * {@link PublishRejectedException} if a message was given up, or with what {@link TopicPublisher#publishAsync} throws;
     * the upstream is cancelled then. A message is given up for want of room when it has found none for the patience of the
     * options, or the node's {@code slowConsumerTimeout}, be it because subscribers take nothing or because others publish
     * before it. Its dependents run on the callback executor or on a thread of the upstream.
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
        kept.add(item);
        if (unsent.getAndIncrement() == 0) {
            send();
        }
    }

    /** Offers what is kept. At any time one thread at most is here, or somebody will be when there is room. */
    private void send() {
        try {
            do {
                CompletableFuture<Receipt> receipt = publisher.offerAsync(kept.element());
                if (isRefused(receipt)) {
                    var unused = publisher.publishable().whenComplete(this::onPublishable);
                    return;
                }
                kept.remove();
                var unused = receipt.whenComplete(this::onPublished);
            } while (unsent.decrementAndGet() > 0 && !isOver);
        } catch (RuntimeException failure) {
            fail(failure);
        }
    }

    /** Whether a message found no room, which is known at once. */
    private static boolean isRefused(CompletableFuture<Receipt> receipt) {
        if (!receipt.isDone() || receipt.isCompletedExceptionally()) {
            return false;
        }
        Receipt.Status status = receipt.join().status();
        return status == Receipt.Status.QUEUE_FULL || status == Receipt.Status.NO_CREDIT;
    }

    private void onPublishable(@Nullable Boolean isPublishable, @Nullable Throwable failure) {
        if (failure != null) {
            fail(failure);
        } else if (Boolean.FALSE.equals(isPublishable)) {
            fail(new PublishRejectedException(publisher.topic().name(), Receipt.Status.NO_CREDIT));
        } else if (!isOver) {
            send();
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
        isOver = true;
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
