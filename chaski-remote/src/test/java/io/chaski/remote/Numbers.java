package io.chaski.remote;

import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes 0, 1, 2 and so on as they are requested, and counts. */
final class Numbers implements Flow.Publisher<Integer> {

    /** A subscription that has nothing to give. */
    record Nothing() implements Flow.Subscription {
        @Override
        public void request(long more) {
            // whoever made it goes on by itself
        }

        @Override
        public void cancel() {
            // nothing to end
        }
    }

    final AtomicInteger produced = new AtomicInteger();
    final AtomicInteger subscribed = new AtomicInteger();
    final Semaphore cancelled = new Semaphore(0);
    private final int count;
    private final Throwable failure;

    /** So many numbers and then the end. */
    Numbers(int count) {
        this(count, null);
    }

    /** So many numbers and then a failure. */
    Numbers(int count, Throwable failure) {
        this.count = count;
        this.failure = failure;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Integer> subscriber) {
        subscribed.incrementAndGet();
        subscriber.onSubscribe(new Flow.Subscription() {
            private final AtomicLong demand = new AtomicLong();
            private int next;
            private volatile boolean isOver;

            @Override
            public void request(long more) {
                if (demand.getAndAdd(more) > 0) {
                    return; // whoever is at work goes on
                }
                do {
                    giveOne();
                } while (demand.decrementAndGet() > 0);
            }

            private void giveOne() {
                if (isOver) {
                    return;
                }
                if (next < count) {
                    produced.incrementAndGet();
                    subscriber.onNext(next++);
                }
                if (next == count && !isOver) {
                    isOver = true;
                    end();
                }
            }

            private void end() {
                if (failure == null) {
                    subscriber.onComplete();
                } else {
                    subscriber.onError(failure);
                }
            }

            @Override
            public void cancel() {
                isOver = true;
                cancelled.release();
            }
        });
        if (count == 0) {
            subscriber.onComplete();
        }
    }
}
