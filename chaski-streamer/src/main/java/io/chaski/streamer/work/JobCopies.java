package io.chaski.streamer.work;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Copies of the jobs of a queue at the keepers of a durable topic, so that a submitter that loses its disk, or has none, gets them back
 * from others. Jobs that wait or run and dead letters are copied, results are not.
 *
 * <!-- snippet: chaski-streamer/src/test/java/io/chaski/streamer/guide/WorkQueueGuideTest.java#copies -->
 * <pre>{@code
 * JobCopies copies = sums.copyTo(topic);
 * boolean isCopied = copies.of(job.id()).get(30, TimeUnit.SECONDS);
 * }</pre>
 *
 * <p>Copies follow the queue: what the queue has is said to keepers at once, again after a pause of a second to half a minute while they do not
 * say that they have it. So a copy may be older than the queue, and a job whose end no keeper had heard of runs again when it is restored.
 *
 * <p>Thread-safe. {@link #of} and {@link #restore} wait for the queue's own thread, as the methods of {@link WorkQueue} do.
 */
public interface JobCopies extends AutoCloseable {

    /**
     * Whether a job has its copies.
     *
     * @param job id of its handle
     * @return completes with true when as many keepers as the topic wants ({@code replicas}) have a job, or a dead letter, as it is; with
     *     false if it has ended, is not known here, is too large for a message of this node, or copies end before. Waits as long as there are no such keepers. That they have it still
     *     is up to their retention: a job that waits for longer than that has no copy any more. Dependents run on the callback executor
     * @throws IllegalStateException if the queue is closed, or called on an event loop
     */
    CompletableFuture<Boolean> of(UUID job);

    /**
     * Brings back what this node has submitted in another life, and the queue does not have: jobs wait again, behind those that are here
     * and with all their attempts, and dead letters are dead. As the keeper that answers knows them; keepers compare what they have each
     * half minute. It is for a queue that has lost what it had: called on another one it leaves alone what is here, and may bring back what had
     * ended before any keeper heard of that. May be called again.
     *
     * @return completes with how many jobs and dead letters have come. Fails with {@link io.chaski.core.RequestTimeoutException} if no keeper
     *     answers within the deadline of the topic, and with {@link JobRefusedException} if the queue has no room for all: those that had
     *     room stay; or if keepers have more than a million jobs or 256 MiB that have not ended: then nothing comes. Dependents run on the
     *     callback executor
     * @throws IllegalStateException if the queue or this is closed, jobs are being restored already, or called on an event loop
     */
    CompletableFuture<Integer> restore();

    /** Copies no more, and leaves alone what keepers have. The topic is to be closed by whoever has opened it. Does nothing when closed. */
    @Override
    void close();
}
