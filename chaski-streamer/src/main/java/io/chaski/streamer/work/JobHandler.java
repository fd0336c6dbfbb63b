package io.chaski.streamer.work;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Does the work of a queue.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
@FunctionalInterface
public interface JobHandler<J, R extends @Nullable Object> {

    /**
     * Does a job. Called on a thread of the worker, which is interrupted when the job is cancelled, takes longer than its
     * submitter allows, or the worker closes.
     *
     * @param job what to do; the same job may come again, here or elsewhere, as long as no result of it is acknowledged
     * @return the result, at most 1,000,000 bytes when encoded
     * @throws DoNotRetryException if another attempt is no use
     * @throws Exception if it did not work; there is another attempt after a while, if there are any left
     */
    R handle(Job<J> job) throws Exception;

    /**
     * A handler for jobs that know themselves how they are done: records of a class that both sides have. Only their
     * components travel, never their code.
     *
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    static <R extends @Nullable Object, J extends Callable<? extends R>> JobHandler<J, R> calling() {
        return job -> job.payload().call();
    }
}
