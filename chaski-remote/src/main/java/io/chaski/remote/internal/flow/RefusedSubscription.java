package io.chaski.remote.internal.flow;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/** What a subscriber gets that comes too late: by the rules of Reactive Streams (1.9), a subscription and then the reason. */
public final class RefusedSubscription implements Flow.Subscription {

    private RefusedSubscription() {}

    /**
     * Refuses a subscriber.
     *
     * @param subscriber who
     * @param threads where it hears of it
     * @param reason a short sentence
     */
    public static void of(Flow.Subscriber<?> subscriber, Executor threads, String reason) {
        threads.execute(() -> {
            subscriber.onSubscribe(new RefusedSubscription());
            subscriber.onError(new IllegalStateException(reason));
        });
    }

    @Override
    public void request(long count) {
        // nothing to give
    }

    @Override
    public void cancel() {
        // nothing to end
    }
}
