package io.chaski.remote.internal.flow;

import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what an iterator gives, to one subscriber that keeps the rules. The iterator is asked on threads of the calls, one at a
 * time, and only for what was requested.
 */
final class PulledItems implements Flow.Publisher<Object> {

    /** Items in a row before others get the thread. */
    private static final int BATCH = 256;

    private final Supplier<? extends Iterator<?>> source;
    private final Runnable onOver;
    private final Executor threads;

    /**
     * Items that nobody has asked for.
     *
     * @param source called once, on a thread of the calls
     * @param onOver called once when the iterator is not asked any more, on such a thread
     * @param threads those of the calls
     */
    PulledItems(Supplier<? extends Iterator<?>> source, Runnable onOver, Executor threads) {
        this.source = source;
        this.onOver = onOver;
        this.threads = threads;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Object> subscriber) {
        subscriber.onSubscribe(new Pulling(subscriber));
    }

    /** Nobody will subscribe; on a thread of the calls. */
    void close() {
        onOver.run();
    }

    private final class Pulling implements Flow.Subscription {
        private final Flow.Subscriber<? super Object> subscriber;
        private final AtomicLong requested = new AtomicLong();

        /** Guards what follows; not a monitor, which would pin a virtual thread. */
        private final ReentrantLock lock = new ReentrantLock();

        private @Nullable Thread waiting;
        private boolean isCancelled;

        /** What follows belongs to the thread that pulls. */
        private @Nullable Iterator<?> iterator;

        private boolean isOver;

        Pulling(Flow.Subscriber<? super Object> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            if (requested.getAndAdd(count) == 0) {
                threads.execute(this::pull);
            }
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                isCancelled = true;
                if (waiting != null) {
                    waiting.interrupt();
                }
            } finally {
                lock.unlock();
            }
            request(1); // so that a thread comes by and closes the source
        }

        /** From here until {@link #leave} the thread is in code of the application; false if nobody wants an item any more. */
        private boolean enter() {
            lock.lock();
            try {
                waiting = isCancelled ? null : Thread.currentThread();
                return !isCancelled;
            } finally {
                lock.unlock();
            }
        }

        /** No interrupt of this call reaches the thread any more. */
        private boolean leave() {
            lock.lock();
            try {
                waiting = null;
                if (isCancelled) {
                    Thread.interrupted();
                }
                return isCancelled;
            } finally {
                lock.unlock();
            }
        }

        private void pull() {
            int pulled = 0;
            do {
                if (pulled == BATCH) {
                    threads.execute(this::pull); // the count stays, so nobody else begins
                    return;
                }
                pulled++;
                pullOne();
            } while (requested.decrementAndGet() > 0);
        }

        /** Whatever the application's iterator throws fails the stream and not the thread. */
        private void pullOne() {
            if (isOver) {
                return;
            }
            Object item = null;
            Throwable failure = null;
            try {
                if (enter()) {
                    Iterator<?> from = iterator == null ? source.get() : iterator;
                    iterator = from;
                    item = from.hasNext() ? notNull(from.next()) : null;
                }
            } catch (Throwable thrown) {
                failure = thrown;
            }
            if (leave() || item == null) {
                finish(failure);
            } else {
                give(item);
            }
        }

        private void give(Object item) {
            try {
                subscriber.onNext(item);
            } catch (Throwable broken) { // ours never does; a source that is left open would be for ever
                finish(broken);
            }
        }

        private static Object notNull(@Nullable Object item) {
            if (item == null) {
                throw new NullPointerException("an item is null");
            }
            return item;
        }

        private void finish(@Nullable Throwable failure) {
            isOver = true;
            Throwable ended = failure;
            try {
                onOver.run();
            } catch (Throwable thrown) {
                ended = failure == null ? thrown : failure;
            }
            if (ended == null) {
                subscriber.onComplete(); // and nobody listens if it was cancelled
            } else {
                subscriber.onError(ended);
            }
        }
    }
}
