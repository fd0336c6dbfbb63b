package io.chaski.core.internal.protocol;

/**
 * Something that takes too long for the event loop. It is made on the loop, computed anywhere, and finished on the loop.
 */
public interface Computation {

    /** Computes, on any thread, once. Touches nothing that others may touch meanwhile. */
    void compute();

    /** Uses what was computed, on the loop; called as well when {@link #compute} has thrown. */
    void finish();
}
