package io.chaski.examples.terminal;

import io.chaski.core.ChaskiException;
import io.chaski.core.RequestTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits as a person does: not for ever, and with an answer in the end. */
public final class Waiting {

    private Waiting() {}

    /**
     * Waits for a value.
     *
     * @param future is waited for, and goes on if it takes longer
     * @param limit how long, to the millisecond
     * @param what is waited for, for the message
     * @throws ChaskiException if the future fails with it
     * @throws RequestTimeoutException if it takes longer
     * @throws IllegalStateException if it fails with anything else
     */
    public static <T> T await(CompletableFuture<T> future, Duration limit, String what) throws InterruptedException {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ChaskiException known) {
                throw known;
            }
            throw new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw new RequestTimeoutException(what, limit);
        }
    }
}
