package io.chaski.streamer.work;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.internal.queue.JobExecutor;
import io.chaski.streamer.internal.queue.QueueRuntime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Jobs for whoever works. A job lives with the node that has submitted it: in memory, or in a directory, so that the queue goes on when the
 * node is started again. Any number of nodes submit to a queue and work on it; there is no broker.
 *
 * <!-- snippet: chaski-streamer/src/test/java/io/chaski/streamer/guide/WorkQueueGuideTest.java#submit -->
 * <pre>{@code
 * WorkQueue<Add, Integer> sums = office.queue(ADD);
 * JobHandle<Integer> job = sums.submit(new Add(5, 6));
 * int sum = job.result().get(10, TimeUnit.SECONDS); // 11
 * }</pre>
 *
 * <p>Each job is with one worker at a time. If the worker dies, takes too long, or says that it could not do it, the job is tried again
 * after a pause, here or elsewhere, until it is a dead letter. What was acknowledged, so that {@link JobHandle#result()} has completed,
 * never runs again. Before that a job may run twice: when its worker was lost after it had done it. A handler that must not do
 * something twice compares {@link Job#id()}.
 *
 * <p>Policies name the queue by its {@linkplain QueueType#protocol() protocol}: {@code rpc.call} to submit, {@code rpc.serve} to work.
 *
 * <p>Thread-safe. The methods that say or change something wait for the queue's own thread, and where it has a directory, until it is on
 * disk; they must not be called on an event loop. Nor can they be called in callbacks of a queue if the callback executor of the node runs
 * those in the thread that calls it, which is that of the queue: there and on event loops they throw {@link IllegalStateException}. An
 * interrupted one throws {@link java.util.concurrent.CancellationException} with the
 * thread still interrupted; what it was to do may be done. After {@link #close()} they throw {@link IllegalStateException}.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
public final class WorkQueue<J, R extends @Nullable Object> implements AutoCloseable {

    private final QueueRuntime<J, R> runtime;

    private WorkQueue(QueueRuntime<J, R> runtime) {
        this.runtime = runtime;
    }

    /**
     * Opens a queue on a node; closes with it. {@code ChaskiStreamer.queue} is the same, and closes it with the streamer.
     *
     * @param node one that runs
     * @param type name, types and codec
     * @param options where jobs are kept, and how often they are tried
     * @throws io.chaski.streamer.StorageException if the directory cannot be used: {@code IN_USE} by another queue, {@code DAMAGED},
     *     {@code DISK_FULL}, or {@code FAILED}, also if a later version of this library has written it
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public static <J, R extends @Nullable Object> WorkQueue<J, R> on(
            ChaskiNode node, QueueType<J, R> type, WorkQueueOptions options) {
        Objects.requireNonNull(node, "node");
        return new WorkQueue<>(QueueRuntime.open(node, type, Objects.requireNonNull(options, "options")));
    }

    /** The type it was opened with. */
    public QueueType<J, R> type() {
        return runtime.type();
    }

    // ---- submitting

    /**
     * Submits a job with {@link JobOptions#DEFAULTS}.
     *
     * @param job what to do
     * @return as {@link #submit(Object, JobOptions)}
     */
    public JobHandle<R> submit(J job) {
        return submit(job, JobOptions.DEFAULTS);
    }

    /**
     * Submits a job. When this returns the queue has it, on disk if it has a directory; whether anybody works is another matter.
     *
     * @param job what to do, at most 1,000,000 bytes when encoded; not looked at any more when this returns
     * @param options what is special about it
     * @return where to find its result
     * @throws JobRefusedException if there is no room for it
     * @throws IllegalArgumentException if it is too large
     * @throws io.chaski.core.codec.CodecException if it cannot be encoded
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not submit
     */
    public JobHandle<R> submit(J job, JobOptions options) {
        return runtime.submit(job, Objects.requireNonNull(options, "options"));
    }

    /**
     * Finds a job that was submitted here, also before a restart if the queue has a directory.
     *
     * @param id of its handle
     * @return empty if nobody has submitted it here, or it ended longer ago than results are kept
     */
    public Optional<JobHandle<R>> job(UUID id) {
        return runtime.job(Objects.requireNonNull(id, "id"));
    }

    /**
     * The jobs that nobody tries again by itself, in the order in which they died.
     *
     * @throws io.chaski.core.codec.CodecException if one of them cannot be read as the type of the jobs; its message
     *     names the job, which can be discarded
     */
    public List<DeadJob<J>> deadLetters() {
        return runtime.deadLetters();
    }

    /**
     * Gives a dead letter all its attempts again, under the same id, behind those that wait.
     *
     * @param id of a dead letter
     * @return false if there is no dead letter of this id
     * @throws JobRefusedException if there is no room for it
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not submit
     */
    public boolean resubmit(UUID id) {
        return runtime.resubmit(Objects.requireNonNull(id, "id"));
    }

    /**
     * Forgets a dead letter.
     *
     * @param id of a dead letter
     * @return false if there is no dead letter of this id
     */
    public boolean discard(UUID id) {
        return runtime.discard(Objects.requireNonNull(id, "id"));
    }

    /**
     * The queue as an executor, if its jobs are {@link java.util.concurrent.Callable}: objects of that class are submitted, and called by
     * workers with {@link JobHandler#calling()}. Everything else, lambdas above all, is a
     * {@link java.util.concurrent.RejectedExecutionException}, since code does not travel. Shutting it down does not close the queue. It does
     * not look whether callers are interrupted: what was not rejected is queued.
     *
     * @return one of its own for each call
     * @throws IllegalStateException if the jobs are not {@code Callable}
     */
    public ExecutorService executor() {
        return new JobExecutor<>(runtime);
    }

    /**
     * Has copies of jobs kept by others, from now on: of those that are here, and of those that will be.
     *
     * @param topic opened on the same node, best for the copies of this queue alone, since all of it is read to restore jobs; with keepers whose
     *     retention is longer than jobs wait. What it says about {@code replicas} and the deadline counts for copies. To be closed after the
     *     queue, or when {@link JobCopies#close()} was called
     * @throws IllegalArgumentException if the topic is of another node
     * @throws IllegalStateException if copies are made already, or the queue is closed
     */
    public JobCopies copyTo(DurableTopic<byte[]> topic) {
        return runtime.copyTo(Objects.requireNonNull(topic, "topic"));
    }

    // ---- working

    /**
     * Takes jobs of all nodes, one at a time.
     *
     * @param handler does the work
     * @return as {@link #work(JobHandler, WorkerOptions)}
     */
    public Worker work(JobHandler<J, R> handler) {
        return work(handler, WorkerOptions.DEFAULTS);
    }

    /**
     * Takes jobs of all nodes, those of this queue itself as well, until the worker or the queue is closed.
     *
     * @param handler does the work
     * @param options how many jobs at a time
     * @throws IllegalStateException if this queue, or another one of this name on this node, has a worker already
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not work on this queue
     */
    public Worker work(JobHandler<J, R> handler, WorkerOptions options) {
        return runtime.work(Objects.requireNonNull(handler, "handler"), Objects.requireNonNull(options, "options"));
    }

    // ---- the rest

    /** What is here now, and what has happened since it was opened. */
    public WorkQueueSnapshot snapshot() {
        return runtime.snapshot();
    }

    /**
     * Completes when the queue has ended: normally after {@link #close()} or the end of the node, or with
     * {@link io.chaski.streamer.StorageException} because its disk has failed. Dependents run on the callback executor.
     */
    public CompletableFuture<@Nullable Void> closed() {
        return runtime.closed();
    }

    /**
     * Closes the worker, if there is one, and then the queue, within some seconds. Whoever waits for a result gets
     * {@link JobFailedException} with {@code QUEUE_CLOSED}; jobs of a queue with a directory go on when it is opened again, others are
     * lost. Does nothing when closed.
     */
    @Override
    public void close() {
        runtime.close();
    }
}
