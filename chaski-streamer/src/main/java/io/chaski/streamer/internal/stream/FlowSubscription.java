package io.chaski.streamer.internal.stream;

import io.chaski.core.Delivery;
import io.chaski.core.PulledSubscription;
import io.chaski.core.QueueOverflowException;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes for a subscriber what it requests (Reactive Streams 1.0.4, sections 1 and 3). All signals but {@code onSubscribe} come
 * from the hook of the source, which runs on one callback at a time. Thread-safe.
 *
 * @param <T> type of the payloads
 * @param <E> what the subscriber gets
 */
final class FlowSubscription<T extends @Nullable Object, E> implements Flow.Subscription {

    /** Of a subscriber that gets nothing but an error. */
    static final Flow.Subscription NONE = new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    /** Deliveries that one callback handles before it lets others have the thread. */
    private static final int ROUND = 256;

    private final PulledSubscription<T> source;
    private final Function<Delivery<T>, @Nullable E> view;
    private final AtomicLong demand = new AtomicLong();
    private final Runnable hook = this::run;

    /** Null when nothing must be signalled any more, and to let go of it (rule 3.13). */
    private volatile Flow.@Nullable Subscriber<? super E> subscriber;

    private volatile @Nullable IllegalArgumentException wrongRequest;

    /** Before that, a request made in {@code onSubscribe} must not lead to signals on another thread (rule 1.3). */
    private volatile boolean hasBegun;

    FlowSubscription(
            PulledSubscription<T> source,
            Function<Delivery<T>, @Nullable E> view,
            Flow.Subscriber<? super E> subscriber) {
        this.source = source;
        this.view = view;
        this.subscriber = subscriber;
    }

    void begin() {
        Flow.Subscriber<? super E> first = subscriber;
        if (first == null) {
            throw new IllegalStateException("begun twice");
        }
        try {
            first.onSubscribe(this);
        } catch (RuntimeException | Error broken) {
            cancel();
            throw broken;
        }
        hasBegun = true;
        source.onAvailable(hook);
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            wrongRequest = new IllegalArgumentException("rule 3.9: a request must be positive, not " + n);
        } else {
            demand.accumulateAndGet(n, FlowSubscription::capped);
        }
        if (hasBegun && subscriber != null) {
            source.onAvailable(hook);
        }
    }

    private static long capped(long present, long more) {
        long sum = present + more;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public void cancel() {
        subscriber = null;
        source.close();
    }

    private void run() {
        for (int i = 0; i < ROUND; i++) {
            Flow.Subscriber<? super E> present = subscriber;
            if (present == null || !step(present)) {
                return;
            }
        }
        source.onAvailable(hook); // there may be more, after others have had their turn
    }

    /** Returns whether there may be more to do at once. */
    private boolean step(Flow.Subscriber<? super E> present) {
        Throwable wrong = wrongRequest;
        if (wrong != null) {
            end();
            present.onError(wrong);
            return false;
        }
        Optional<Delivery<T>> delivery;
        try {
            delivery = demand.get() > 0 ? source.poll() : Optional.empty();
        } catch (QueueOverflowException overflow) {
            end();
            present.onError(overflow);
            return false;
        }
        if (delivery.isEmpty()) {
            if (source.isClosed() && subscriber != null) { // else it was closed by the one who cancelled
                end();
                present.onComplete();
            }
            return false;
        }
        E item = view.apply(delivery.get());
        if (item != null) {
            signal(present, item);
        }
        return true;
    }

    private void signal(Flow.Subscriber<? super E> present, E item) {
        if (demand.get() != Long.MAX_VALUE) {
            demand.decrementAndGet();
        }
        try {
            present.onNext(item);
        } catch (RuntimeException | Error broken) { // rule 2.13: it counts as having cancelled
            end();
            throw broken;
        }
    }

    private void end() {
        subscriber = null;
        source.close();
    }
}
