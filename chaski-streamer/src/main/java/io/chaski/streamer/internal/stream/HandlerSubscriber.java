package io.chaski.streamer.internal.stream;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a handler of the application, and is the last line of defence around it. Used by one thread at a time.
 *
 * @param <E> what the stream gives
 */
final class HandlerSubscriber<E> implements Flow.Subscriber<E> {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerSubscriber.class);

    private final String topic;
    private final Consumer<? super E> handler;
    private final LongAdder failed;
    private boolean hasLogged;

    HandlerSubscriber(String topic, Consumer<? super E> handler, LongAdder failed) {
        this.topic = topic;
        this.handler = handler;
        this.failed = failed;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(E item) {
        try {
            handler.accept(item);
        } catch (RuntimeException | Error failure) {
            failed.increment();
            if (hasLogged) { // a handler that fails on every message must not fill the disk
                LOG.debug("the handler of a stream of {} failed again", topic, failure);
            } else {
                hasLogged = true;
                LOG.error("the handler of a stream of {} failed; further failures are counted only", topic, failure);
            }
        }
    }

    /** Told by {@code closed()}. */
    @Override
    public void onError(Throwable failure) {}

    /** Told by {@code closed()}. */
    @Override
    public void onComplete() {}
}
