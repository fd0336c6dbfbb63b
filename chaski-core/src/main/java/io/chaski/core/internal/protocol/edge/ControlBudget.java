package io.chaski.core.internal.protocol.edge;

import java.util.concurrent.TimeUnit;

/**
 * What one connection may send of frames that cost us something and carry nothing: PING, PONG that nobody asked for,
 * RESET of streams that are not open, frames of unknown type. HTTP/2 learnt the need for it from rapid resets. Confined
 * to the node's event loop.
 */
final class ControlBudget {

    /** Twenty a second are far more than liveness needs. */
    static final int FRAMES = 200;

    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long windowStartNanos;
    private int spent;

    /** Counts one frame; false when there were too many. */
    boolean spend(long nowNanos) {
        if (spent == 0 || nowNanos - windowStartNanos >= WINDOW_NANOS) {
            windowStartNanos = nowNanos;
            spent = 0;
        }
        return ++spent <= FRAMES;
    }
}
