package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiException;
import io.chaski.streamer.work.JobState;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue as an executor, for jobs that are {@link Callable} themselves. As with other executors, whoever submits and cancels is not
 * asked whether it is interrupted: a task is rejected, or queued. Thread-safe.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
public final class JobExecutor<J, R extends @Nullable Object> extends AbstractExecutorService {

    private static final Logger LOG = LoggerFactory.getLogger(JobExecutor.class);

    private final QueueRuntime<J, R> queue;
    private final Class<?> jobType;
    private final Set<JobTask<?>> unfinished = new LinkedHashSet<>(); // guarded by itself, as is what follows
    private final CompletableFuture<@Nullable Void> terminated = new CompletableFuture<>();
    private boolean isShutdown;

    /**
     * The face of a queue.
     *
     * @throws IllegalStateException if its jobs cannot be called
     */
    public JobExecutor(QueueRuntime<J, R> queue) {
        Type type = queue.type().jobType();
        if (!(type instanceof Class<?> jobs) || !Callable.class.isAssignableFrom(jobs)) {
            throw new IllegalStateException(
                    "an executor is for queues whose jobs are Callable, which " + type.getTypeName() + " is not");
        }
        this.queue = queue;
        this.jobType = jobs;
    }

    /** One task: the future that callers wait for, done when the job is. */
    private final class JobTask<T extends @Nullable Object> extends CompletableFuture<T> implements RunnableFuture<T> {

        private final J job;
        private final boolean isFixed;
        private final T fixed;
        private volatile @Nullable SubmittedJob<J, R> handle;

        /** A task whose value is the result of the job, or a fixed one. */
        JobTask(J job, boolean isFixed, T fixed) {
            this.job = job;
            this.isFixed = isFixed;
            this.fixed = fixed;
        }

        @Override
        public void run() {
            SubmittedJob<J, R> submitted = queue.submitPatiently(job);
            handle = submitted;
            var unused = submitted.result().whenComplete(this::onResult);
            if (isCancelled()) {
                takeBack(submitted);
            }
        }

        /** What a future that is cancelled says does not depend on whether there is still a queue. */
        private void takeBack(SubmittedJob<J, R> submitted) {
            try {
                submitted.cancelPatiently();
            } catch (IllegalStateException cannotWait) {
                LOG.debug("{} is not taken back: {}", submitted, cannotWait.getMessage());
            }
        }

        @SuppressWarnings({"unchecked", "NullAway"
        }) // whoever makes the task says what the job gives, as with all executors
        private void onResult(R result, @Nullable Throwable failure) {
            if (failure != null) {
                completeExceptionally(failure);
            } else {
                complete(isFixed ? fixed : (T) result);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            // Of a future that was cancelled before, the one of the base class says yes again.
            boolean isCancelled = completeExceptionally(new CancellationException());
            SubmittedJob<J, R> submitted = handle;
            if (isCancelled && submitted != null) {
                takeBack(submitted);
            }
            return isCancelled;
        }

        boolean isWaiting() {
            SubmittedJob<J, R> submitted = handle;
            try {
                return submitted == null || submitted.statePatiently() == JobState.WAITING;
            } catch (
                    IllegalStateException cannotWait) { // most likely the queue is closed, and with it the task is done
                return false;
            }
        }
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        return taskFor(callable);
    }

    @SuppressWarnings("NullAway") // the value is not used
    private <T> JobTask<T> taskFor(Callable<T> callable) {
        return new JobTask<>(jobOf(callable), false, null);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        return new JobTask<>(jobOf(runnable), true, value);
    }

    @SuppressWarnings("unchecked") // looked at
    private J jobOf(Object task) {
        if (!jobType.isInstance(task)) {
            throw new RejectedExecutionException("code does not travel: this queue takes objects of "
                    + jobType.getName() + ", whose class its workers have, and no "
                    + task.getClass().getName());
        }
        return (J) task;
    }

    @Override
    @SuppressWarnings("unchecked") // made here
    public void execute(Runnable command) {
        JobTask<?> task = command instanceof JobExecutor<?, ?>.JobTask<?> made
                ? (JobTask<?>) made
                : new JobTask<>(jobOf(command), true, true);
        synchronized (unfinished) {
            if (isShutdown) {
                throw new RejectedExecutionException("the executor is shut down");
            }
            unfinished.add(task);
        }
        var unused = task.whenComplete((result, failure) -> onDone(task));
        boolean isQueued = false;
        try {
            task.run();
            isQueued = true;
        } catch (ChaskiException | IllegalArgumentException | IllegalStateException refused) {
            throw new RejectedExecutionException(refused.getMessage(), refused);
        } finally {
            if (!isQueued) {
                onDone(task); // whatever the codec has thrown, perhaps
            }
        }
    }

    private void onDone(JobTask<?> task) {
        boolean isLast;
        synchronized (unfinished) {
            unfinished.remove(task);
            isLast = isShutdown && unfinished.isEmpty();
        }
        if (isLast) {
            terminated.complete(null);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Long.MAX_VALUE);
        } catch (TimeoutException never) {
            throw new AssertionError(never);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return invokeAny(tasks, unit.toNanos(timeout));
    }

    /** The one of the base class wraps tasks so that they cannot be known for jobs. */
    private <T> T invokeAny(Collection<? extends Callable<T>> tasks, long limitNanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("no tasks");
        }
        long beginNanos = System.nanoTime();
        List<JobTask<T>> submitted = new ArrayList<>();
        BlockingQueue<JobTask<T>> done = new LinkedBlockingQueue<>();
        try {
            for (Callable<T> each : tasks) {
                JobTask<T> task = taskFor(each);
                var unused = task.whenComplete((result, failure) -> done.add(task));
                submitted.add(task);
                execute(task);
            }
            return firstOf(done, submitted.size(), beginNanos, limitNanos);
        } finally {
            submitted.forEach(task -> task.cancel(true));
        }
    }

    private static <E, T extends CompletableFuture<E>> E firstOf(
            BlockingQueue<T> done, int count, long beginNanos, long limitNanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        ExecutionException failure = null;
        for (int i = 0; i < count; i++) {
            T next = done.poll(limitNanos - (System.nanoTime() - beginNanos), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new TimeoutException("no job was done in time");
            }
            try {
                return next.get();
            } catch (ExecutionException e) {
                failure = e;
            }
        }
        if (failure == null) {
            throw new AssertionError("nothing was waited for");
        }
        throw failure;
    }

    @Override
    public void shutdown() {
        boolean isLast;
        synchronized (unfinished) {
            isShutdown = true;
            isLast = unfinished.isEmpty();
        }
        if (isLast) {
            terminated.complete(null);
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        List<JobTask<?>> left;
        synchronized (unfinished) {
            left = List.copyOf(unfinished);
        }
        // Those that wait first: they would begin as soon as others make room.
        List<JobTask<?>> waiting = left.stream().filter(JobTask::isWaiting).toList();
        List<Runnable> neverBegun = new ArrayList<>();
        for (JobTask<?> task : waiting) {
            if (task.cancel(true)) {
                neverBegun.add(task);
            }
        }
        left.forEach(task -> task.cancel(true));
        return neverBegun;
    }

    @Override
    public boolean isShutdown() {
        synchronized (unfinished) {
            return isShutdown;
        }
    }

    @Override
    public boolean isTerminated() {
        return terminated.isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            terminated.get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e); // it only completes
        }
    }
}
