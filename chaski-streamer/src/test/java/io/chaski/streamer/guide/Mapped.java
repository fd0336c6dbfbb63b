package io.chaski.streamer.guide;

import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Predicate;

// #region mapped
/** What a predicate lets through of a publisher, as something else; with nothing but the JDK. */
public record Mapped<T, R>(Flow.Publisher<T> source, Predicate<? super T> filter, Function<? super T, ? extends R> map)
        implements Flow.Publisher<R> {

    @Override
    public void subscribe(Flow.Subscriber<? super R> subscriber) {
        source.subscribe(subscriber == null ? null : new Stage(subscriber));
    }

    /** Passes demand on as it is; for what it keeps back it asks for one more. */
    private final class Stage implements Flow.Subscriber<T> {
        private final Flow.Subscriber<? super R> downstream;
        private Flow.Subscription upstream;
        private boolean isOver;

        Stage(Flow.Subscriber<? super R> downstream) {
            this.downstream = downstream;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            upstream = subscription;
            downstream.onSubscribe(subscription);
        }

        @Override
        public void onNext(T item) {
            if (isOver) {
                return;
            }
            R mapped;
            try {
                if (!filter.test(item)) {
                    upstream.request(1);
                    return;
                }
                mapped = map.apply(item);
            } catch (RuntimeException failure) {
                upstream.cancel();
                onError(failure);
                return;
            }
            downstream.onNext(mapped);
        }

        @Override
        public void onError(Throwable failure) {
            if (!isOver) {
                isOver = true;
                downstream.onError(failure);
            }
        }

        @Override
        public void onComplete() {
            if (!isOver) {
                isOver = true;
                downstream.onComplete();
            }
        }
    }
}
// #endregion
