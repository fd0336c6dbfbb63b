package io.chaski.core.internal.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that a thread which waits for it completes itself. What depends on a future of the application must not run on
 * the event loop, so that a callback completes it; but a thread that waits is there already, and to wake a second one that wakes
 * it costs as much as a fifth of a round trip over loopback. Thread-safe.
 *
 * @param <V> type of the result
 */
final class WaitedFuture<V extends @Nullable Object> extends CompletableFuture<V> {

    /** The first thread that waits; others wait as for any future. */
    private final AtomicReference<@Nullable Waiter> first = new AtomicReference<>();

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();

        /** What it has to do; set once, by whoever has taken the waiter out of the future. */
        private volatile @Nullable Runnable task;
    }

    /**
     * Has a thread do something that waits for this future.
     *
     * @param task completes this future, or has it completed
     * @return false if none waits, and nothing has happened
     */
    boolean giveToWaiter(Runnable task) {
        Waiter waiter = first.getAndSet(null);
        if (waiter == null) {
            return false;
        }
        waiter.task = task;
        LockSupport.unpark(waiter.thread);
        return true;
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        waitFirst(Long.MAX_VALUE);
        return super.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long limitNanos = unit.toNanos(timeout);
        long beganNanos = System.nanoTime();
        waitFirst(limitNanos);
        return super.get(limitNanos - (System.nanoTime() - beganNanos), TimeUnit.NANOSECONDS);
    }

    /** Like that of any future it does not end when the thread is interrupted, and the thread hears of it afterwards. */
    @Override
    public V join() {
        boolean isInterrupted = false;
        while (!isDone()) {
            try {
                waitFirst(Long.MAX_VALUE);
                break;
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        try {
            return super.join();
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits until there is something to do, which it does, or a result, or the time is over; does not wait if another thread does. One
     * of a fork-join pool waits as usual, so that its pool hears of it.
     */
    private void waitFirst(long limitNanos) throws InterruptedException {
        Waiter self = new Waiter();
        if (isDone() || Thread.currentThread() instanceof ForkJoinWorkerThread || !first.compareAndSet(null, self)) {
            return;
        }
        long beganNanos = System.nanoTime();
        long leftNanos = limitNanos;
        try {
            while (!isDone() && self.task == null && leftNanos > 0) {
                LockSupport.parkNanos(this, leftNanos);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                leftNanos = limitNanos - (System.nanoTime() - beganNanos);
            }
        } finally {
            if (!first.compareAndSet(self, null)) {
                doTask(self);
            }
        }
    }

    private static void doTask(Waiter self) {
        Runnable task = self.task;
        while (task == null) { // whoever has taken the waiter out is about to say
            Thread.onSpinWait();
            task = self.task;
        }
        task.run();
    }

    private boolean wake(boolean isCompleted) {
        Waiter waiter = first.get();
        if (waiter != null) {
            LockSupport.unpark(waiter.thread);
        }
        return isCompleted;
    }

    @Override
    public boolean complete(V value) {
        return wake(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return wake(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return wake(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public void obtrudeValue(V value) {
        super.obtrudeValue(value);
        wake(true);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        wake(true);
    }

    /** That of its parent would not pass through {@link #complete}. */
    @Override
    public CompletableFuture<V> completeAsync(Supplier<? extends V> supplier, Executor executor) {
        executor.execute(() -> {
            try {
                complete(supplier.get());
            } catch (Throwable failure) {
                completeExceptionally(failure);
            }
        });
        return this;
    }
}
