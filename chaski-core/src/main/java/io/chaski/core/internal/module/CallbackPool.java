package io.chaski.core.internal.module;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for tasks that may block. A task waits only while all threads are at work; a hundred tasks that come at once still cost
 * one wake-up, not a hundred, because waking a thread takes longer than most tasks: whoever is woken wakes the next one before it
 * begins, if there is something left for it then (the scheduler of Go wakes its threads so). Of those that have nothing to do, the
 * one that worked last is woken, and the others end. What waits is bounded by whoever submits. Thread-safe.
 */
public final class CallbackPool extends AbstractExecutorService {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackPool.class);

    /** Between attempts to start a thread where there is none: the system may have one again when another program ends. */
    private static final long RETRY_MILLIS = 100;

    private final int most;
    private final long idleNanos;
    private final ThreadFactory factory;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition ended = lock.newCondition();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Set<Worker> workers = new HashSet<>();

    /** Those that wait for a task; whoever worked last is first. */
    private final Deque<Worker> idle = new ArrayDeque<>();

    /** Whether a thread has been woken or started and has not looked yet. Until it has, nobody else need be. */
    private boolean isWaking;

    /** Whether starting a thread is tried again later. */
    private boolean isRetrying;

    private boolean isShutdown;
    private boolean isStopped;

    /**
     * A pool without threads; they come with the tasks.
     *
     * @param most threads at a time, 1 or more
     * @param idleNanos how long a thread without a task stays
     * @param factory makes the threads
     */
    public CallbackPool(int most, long idleNanos, ThreadFactory factory) {
        this.most = most;
        this.idleNanos = idleNanos;
        this.factory = factory;
    }

    /** How many tasks may run at a time. */
    public int most() {
        return most;
    }

    /**
     * Runs a task as soon as a thread is free. When the system has no thread for the first one, it is tried again ten times a
     * second: whoever is refused takes that for the end of the pool.
     *
     * @param task what it throws goes to the thread's handler of uncaught exceptions, and the thread goes on
     * @throws RejectedExecutionException if the pool has been shut down
     */
    @Override
    public void execute(Runnable task) {
        Worker added;
        lock.lock();
        try {
            if (isShutdown) {
                throw new RejectedExecutionException("the threads are shut down");
            }
            added = wakeNext();
            tasks.add(task);
        } finally {
            lock.unlock();
        }
        if (added != null) {
            start(added);
            retryWithoutWorkers();
        }
    }

    /** Wakes a thread for what waits, unless one comes already; returns one that has to be started for it. */
    private @Nullable Worker wakeNext() {
        if (isWaking) {
            return null;
        }
        Worker next = idle.poll();
        if (next != null) {
            isWaking = true;
            next.isWoken = true;
            next.woken.signal();
            return null;
        }
        if (workers.size() == most) {
            return null; // each of them looks for a task when it has done its own
        }
        Worker added = new Worker(); // which may fail, and then nobody is on the way
        isWaking = true;
        workers.add(added);
        return added;
    }

    /** Not under the lock, as it takes long. The others go on without it if it cannot be started. */
    private void start(Worker added) {
        try {
            added.thread.start();
        } catch (OutOfMemoryError noThread) {
            lock.lock();
            try {
                isWaking = false;
                remove(added);
            } finally {
                lock.unlock();
            }
            LOG.warn("no further thread can be started", noThread);
        }
    }

    /** Where there is no thread at all, nobody would ever come for what waits. */
    private void retryWithoutWorkers() {
        lock.lock();
        try {
            if (!workers.isEmpty() || tasks.isEmpty() || isRetrying) {
                return;
            }
            isRetrying = true;
        } finally {
            lock.unlock();
        }
        try {
            var unused = new CompletableFuture<Void>()
                    .completeOnTimeout(null, RETRY_MILLIS, TimeUnit.MILLISECONDS)
                    .thenRun(this::retry);
        } catch (OutOfMemoryError noTimer) { // whose thread comes with the first delay in the process
            lock.lock();
            try {
                isRetrying = false;
            } finally {
                lock.unlock();
            }
            LOG.warn("what waits for a thread waits for the next task", noTimer);
        }
    }

    private void retry() {
        Worker added = null;
        lock.lock();
        try {
            isRetrying = false;
            if (workers.isEmpty() && !tasks.isEmpty()) {
                added = wakeNext();
            }
        } finally {
            lock.unlock();
        }
        if (added != null) {
            start(added);
            retryWithoutWorkers();
        }
    }

    private boolean isOver() {
        return isShutdown && workers.isEmpty() && tasks.isEmpty();
    }

    private void remove(Worker worker) {
        workers.remove(worker);
        if (isOver()) {
            ended.signalAll();
        }
    }

    /** One thread; its fields are guarded by the lock. */
    private final class Worker implements Runnable {
        private final Condition woken = lock.newCondition();
        private final Thread thread = factory.newThread(this);

        /** A new one is: nobody else is on the way. */
        private boolean isWoken = true;

        @Override
        public void run() {
            for (Runnable task = next(); task != null; task = next()) {
                try {
                    task.run();
                } catch (Throwable failure) { // as any executor: the thread serves others as well
                    tell(failure);
                }
            }
        }

        private void tell(Throwable failure) {
            try {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
            } catch (Throwable bad) { // the application's, too
                LOG.error("the handler of uncaught exceptions has failed, for which see below", bad);
                LOG.error("a task has failed", failure);
            }
        }

        /** The next task, or null if none has come for long or none will. */
        private @Nullable Runnable next() {
            Runnable task;
            Worker added = null;
            lock.lock();
            try {
                boolean isFirst = awaitTask();
                task = tasks.poll();
                if (task == null) {
                    remove(this);
                } else if (isFirst && !tasks.isEmpty()) {
                    added = wakeNext();
                }
                if (!isStopped) {
                    Thread.interrupted(); // it was meant for the task before
                }
            } finally {
                lock.unlock();
            }
            if (added != null) {
                start(added);
            }
            return task;
        }

        /** Returns when there is a task or it is time to end; whether this thread was woken for it. */
        private boolean awaitTask() {
            boolean wasWoken = look();
            long leftNanos = idleNanos;
            while (tasks.isEmpty() && !isShutdown && leftNanos > 0) {
                idle.push(this);
                try {
                    leftNanos = woken.awaitNanos(leftNanos);
                } catch (InterruptedException late) {
                    // meant for a task that is done, or the pool is stopped: looks again
                } finally {
                    idle.remove(this);
                }
                wasWoken |= look();
            }
            return wasWoken;
        }

        private boolean look() {
            boolean wasWoken = isWoken;
            if (wasWoken) {
                isWoken = false;
                isWaking = false;
            }
            return wasWoken;
        }
    }

    /** Takes nothing any more; what waits is still run. */
    @Override
    public void shutdown() {
        lock.lock();
        try {
            isShutdown = true;
            idle.forEach(worker -> worker.woken.signal());
            if (isOver()) {
                ended.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        lock.lock();
        try {
            isStopped = true;
            List<Runnable> never = new ArrayList<>(tasks);
            tasks.clear();
            shutdown();
            workers.forEach(worker -> worker.thread.interrupt());
            return never;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isShutdown() {
        lock.lock();
        try {
            return isShutdown;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isTerminated() {
        lock.lock();
        try {
            return isOver();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long leftNanos = unit.toNanos(timeout);
        lock.lockInterruptibly();
        try {
            while (!isOver()) {
                if (leftNanos <= 0) {
                    return false;
                }
                leftNanos = ended.awaitNanos(leftNanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
