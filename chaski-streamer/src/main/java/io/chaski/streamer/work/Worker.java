package io.chaski.streamer.work;

import java.time.Duration;

/** Takes jobs of a queue until it is closed. Thread-safe. */
public interface Worker extends AutoCloseable {

    /** How many jobs it is doing now. */
    int running();

    /**
     * Takes no more jobs, and waits until those that it has are done and their submitters have the results, which find it until then, also
     * when connections break. Then, or when the time is over, {@link #close()} ends it.
     *
     * @param limit how long to wait
     * @return whether nothing is left
     * @throws InterruptedException if the caller is interrupted
     */
    boolean drain(Duration limit) throws InterruptedException;

    /**
     * Takes no more jobs and interrupts those that it has, which then count as failed attempts. Waits up to 5 s for the handlers
     * to return. When this returns, the queue may have another worker, unless it was called where waiting is forbidden. Does nothing the
     * second time.
     */
    @Override
    void close();
}
