package io.chaski.remote.internal.many;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Publishes a few items, all of them to every subscriber, whenever it comes. Keeps what it has published, so it is for as many items as
 * somebody has counted before. Thread-safe.
 *
 * @param <E> what is published
 */
final class ReplayPublisher<E> implements Flow.Publisher<E> {

    private final Executor executor;

    /** Guards what follows. */
    private final Object lock = new Object();

    private final List<E> items = new ArrayList<>();
    private final List<Replay> replays = new ArrayList<>();
    private boolean isComplete;

    /**
     * Nothing yet.
     *
     * @param executor where subscribers are called
     */
    ReplayPublisher(Executor executor) {
        this.executor = executor;
    }

    void publish(E item) {
        List<Replay> all;
        synchronized (lock) {
            items.add(item);
            all = List.copyOf(replays);
        }
        all.forEach(Replay::wake);
    }

    /** Nothing follows. */
    void complete() {
        List<Replay> all;
        synchronized (lock) {
            isComplete = true;
            all = List.copyOf(replays);
        }
        all.forEach(Replay::wake);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        Replay replay = new Replay(subscriber);
        subscriber.onSubscribe(replay);
        synchronized (lock) {
            replays.add(replay);
        }
        replay.wake();
    }

    /** One subscriber's way through the items. */
    private final class Replay implements Flow.Subscription, Runnable {
        private final Flow.Subscriber<? super E> subscriber;
        private final AtomicInteger wakes = new AtomicInteger();

        /** Read and written by one run at a time. */
        private int next;

        /** Guarded by {@link #lock}. */
        private long requested;

        /** Guarded by {@link #lock}. */
        private boolean isWrong;

        private volatile boolean isOver;

        Replay(Flow.Subscriber<? super E> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            synchronized (lock) {
                isWrong |= count <= 0;
                requested = requested + count < 0 ? Long.MAX_VALUE : requested + count;
            }
            wake();
        }

        @Override
        public void cancel() {
            end();
        }

        private void end() {
            isOver = true;
            synchronized (lock) {
                replays.remove(this);
            }
        }

        void wake() {
            if (wakes.getAndIncrement() == 0) {
                executor.execute(this);
            }
        }

        @Override
        public void run() {
            int seen = wakes.get();
            do {
                tell();
                seen = wakes.addAndGet(-seen);
            } while (seen != 0);
        }

        private void tell() {
            while (!isOver) {
                E item;
                synchronized (lock) {
                    boolean isNothingDue = next == items.size() || requested == 0;
                    if (isWrong || isNothingDue) {
                        break;
                    }
                    requested--;
                    item = items.get(next++);
                }
                subscriber.onNext(item);
            }
            tellEnd();
        }

        private void tellEnd() {
            boolean isDone;
            boolean isRefused;
            synchronized (lock) {
                isRefused = isWrong;
                isDone = isComplete && next == items.size();
            }
            if (isOver || !isRefused && !isDone) {
                return;
            }
            end();
            if (isRefused) {
                subscriber.onError(new IllegalArgumentException("a subscriber asks for one item or more"));
            } else {
                subscriber.onComplete();
            }
        }
    }
}
