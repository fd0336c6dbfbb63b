package io.chaski.core.internal.runtime;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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

    private final BooleanSupplier isLoop;

    /** The first thread that waits; others wait as for any future. */
    private final AtomicReference<@Nullable Waiter> first = new AtomicReference<>();

    private final AtomicReference<@Nullable Runnable> whenCancelled = new AtomicReference<>();

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();

        /** What it has to do; set once, by whoever has taken the waiter out of the future. */
        private volatile @Nullable Runnable task;
    }

    /**
     * Nobody waits for it.
     *
     * @param isLoop whether the calling thread is an event loop; those complete nothing
     */
    WaitedFuture(BooleanSupplier isLoop) {
        this.isLoop = isLoop;
    }

    /**
     * Has something done when a future is cancelled, or now if it is. A future of this kind has no dependent because of that.
     *
     * @param future of any kind
     * @param task done once; of several for one future the last one only, if it is of this kind
     */
    static void onCancel(CompletableFuture<?> future, Runnable task) {
        if (future instanceof WaitedFuture<?> waited) {
            waited.whenCancelled.set(task);
            waited.runWhenCancelled();
        } else {
            var unused = future.whenComplete((value, failure) -> {
                if (future.isCancelled()) {
                    task.run();
                }
            });
        }
    }

    private void runWhenCancelled() {
        if (isCancelled()) {
            Runnable task = whenCancelled.getAndSet(null);
            if (task != null) {
                task.run();
            }
        }
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
        long limitNanos = Math.max(0, unit.toNanos(timeout));
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
     * Waits until there is something to do, which it does, or a result, or the time is over; does not wait if another
     * thread does. One of a fork-join pool waits as usual, so that its pool hears of it, and so does an event loop that
     * waits although it should not.
     */
    private void waitFirst(long limitNanos) throws InterruptedException {
        Waiter self = new Waiter();
        if (isDone()
                || Thread.currentThread() instanceof ForkJoinWorkerThread
                || isLoop.getAsBoolean()
                || !first.compareAndSet(null, self)) {
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
        runWhenCancelled();
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
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> {
            if (!isDone()) {
                try {
                    complete(supplier.get());
                } catch (Throwable failure) {
                    completeExceptionally(failure);
                }
            }
        });
        return this;
    }
}
