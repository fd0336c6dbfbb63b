package io.chaski.streamer.internal.stream;

import io.chaski.core.Delivery;
import io.chaski.core.Pairing;
import io.chaski.core.PulledSubscription;
import io.chaski.core.Subscription;
import io.chaski.streamer.TopicStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream over a subscription whose messages are taken. Thread-safe.
 *
 * @param <T> type of the payloads
 * @param <E> what the stream gives
 */
public class PulledStream<T extends @Nullable Object, E> implements TopicStream<E> {

    private enum Style {
        BLOCKING,
        REACTIVE
    }

    private final PulledSubscription<T> source;
    private final Function<Delivery<T>, @Nullable E> view;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Style> style = new AtomicReference<>();
    private final LongAdder failed = new LongAdder();

    /**
     * A stream that nobody reads yet.
     *
     * @param source where it takes from; ends with the stream
     * @param view what it makes of a delivery, null to leave it out
     * @param nanoTime the clock by which the source waits
     */
    public PulledStream(PulledSubscription<T> source, Function<Delivery<T>, @Nullable E> view, LongSupplier nanoTime) {
        this.source = source;
        this.view = view;
        this.nanoTime = nanoTime;
    }

    // ---- blocking

    @Override
    public Optional<E> poll(Duration limit) throws InterruptedException {
        bindToBlocking();
        long startNanos = nanoTime.getAsLong();
        Optional<Delivery<T>> delivery = source.poll(limit);
        while (delivery.isPresent()) {
            E item = view.apply(delivery.get());
            if (item != null) {
                return Optional.of(item);
            }
            Duration left = limit.minusNanos(nanoTime.getAsLong() - startNanos);
            delivery = source.poll(left.isNegative() ? Duration.ZERO : left);
        }
        return Optional.empty();
    }

    @Override
    public Iterator<E> iterator() {
        bindToBlocking();
        return new StreamIterator<>(this);
    }

    private void bindToBlocking() {
        if (style.get() != Style.BLOCKING && !bind(Style.BLOCKING) && style.get() != Style.BLOCKING) {
            throw isBound();
        }
    }

    private boolean bind(Style wanted) {
        return style.compareAndSet(null, wanted);
    }

    private IllegalStateException isBound() {
        return new IllegalStateException("this stream of " + topic() + " is read in another way; open one more");
    }

    // ---- reactive and asynchronous

    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (bind(Style.REACTIVE)) {
            new FlowSubscription<>(source, view, subscriber).begin();
        } else {
            subscriber.onSubscribe(FlowSubscription.NONE);
            subscriber.onError(isBound());
        }
    }

    @Override
    public void onItem(Consumer<? super E> handler) {
        Objects.requireNonNull(handler, "handler");
        if (!bind(Style.REACTIVE)) {
            throw isBound();
        }
        new FlowSubscription<>(source, view, new HandlerSubscriber<>(topic(), handler, failed)).begin();
    }

    // ---- life

    @Override
    public String topic() {
        return source.topic();
    }

    @Override
    public CompletableFuture<Pairing> ready() {
        return source.ready();
    }

    @Override
    public void awaitPaired(Duration limit) throws InterruptedException {
        source.awaitPaired(limit);
    }

    @Override
    public Subscription.Statistics statistics() {
        Subscription.Statistics counts = source.statistics();
        return new Subscription.Statistics(
                counts.delivered(),
                counts.dropped(),
                counts.missing(),
                counts.undecodable(),
                failed.sum(),
                counts.queued(),
                counts.queuedBytes(),
                counts.capacity());
    }

    @Override
    public boolean isClosed() {
        return source.isClosed();
    }

    @Override
    public CompletableFuture<Void> closed() {
        return source.closed();
    }

    @Override
    public void close() {
        source.close();
    }

    @Override
    public String toString() {
        return "stream of " + topic();
    }
}
