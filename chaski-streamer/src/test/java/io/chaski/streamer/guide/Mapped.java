package io.chaski.streamer.guide;

import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Function;
import java.util.function.Predicate;

// #region mapped
/** Passes on what a predicate lets through, as something else; with nothing but the JDK. */
final class Mapped<T, R> extends SubmissionPublisher<R> implements Flow.Processor<T, R> {

    private final Predicate<? super T> filter;
    private final Function<? super T, ? extends R> map;
    private Flow.Subscription upstream;

    Mapped(Predicate<? super T> filter, Function<? super T, ? extends R> map) {
        super(Runnable::run, 1);
        this.filter = filter;
        this.map = map;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        upstream = subscription;
        upstream.request(1);
    }

    @Override
    public void onNext(T item) {
        if (filter.test(item)) {
            submit(map.apply(item)); // waits while its subscriber takes no more
        }
        upstream.request(1);
    }

    @Override
    public void onError(Throwable failure) {
        closeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        close();
    }
}
// #endregion
