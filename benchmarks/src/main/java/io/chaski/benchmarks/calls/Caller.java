package io.chaski.benchmarks.calls;

import java.util.concurrent.CompletableFuture;

/** The side that calls. Thread-safe. */
public interface Caller extends AutoCloseable {

    /**
     * Calls, and blocks the calling thread until the answer is there.
     *
     * @param order the argument
     * @return the answer, not checked
     * @throws Exception if there is none
     */
    Invoice buy(Order order) throws Exception;

    /**
     * Calls and does not wait for the answer, unless {@link #isBlocking()}.
     *
     * @param order the argument
     * @return the answer, not checked, or why there is none; completes on whatever thread the library has for it
     */
    CompletableFuture<Invoice> buyLater(Order order);

    /** Whether {@link #buyLater} waits too, so that each call under way takes a thread. */
    default boolean isBlocking() {
        return false;
    }
}
