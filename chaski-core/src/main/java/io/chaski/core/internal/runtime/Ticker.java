package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.Timers;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one scheduled task for the earliest deadline of the protocol. A deadline that moves to a later time costs
 * nothing: the task looks again when it fires. Confined to the loop.
 */
final class Ticker {

    private final TaskLoop loop;
    private final LongSupplier nextDeadline;
    private final LongConsumer onTick;

    private TaskLoop.@Nullable Timer armed;
    private long armedForNanos;
    private boolean isStopped;

    /**
     * Nothing armed.
     *
     * @param loop whose clock counts
     * @param nextDeadline the earliest deadline, or {@link Timers#NONE}
     * @param onTick hears that a deadline has passed, or may have; with the time
     */
    Ticker(TaskLoop loop, LongSupplier nextDeadline, LongConsumer onTick) {
        this.loop = loop;
        this.nextDeadline = nextDeadline;
        this.onTick = onTick;
    }

    /** Looks at the deadline after inputs that may have changed it. */
    void arm() {
        long deadlineNanos = isStopped ? Timers.NONE : nextDeadline.getAsLong();
        if (deadlineNanos == Timers.NONE) {
            return;
        }
        if (armed != null) {
            if (armedForNanos - deadlineNanos <= 0) {
                return;
            }
            armed.cancel();
        }
        armedForNanos = deadlineNanos;
        armed = loop.schedule(this::fire, Math.max(0, deadlineNanos - loop.nanoTime()));
    }

    /** No ticks any more. */
    void stop() {
        isStopped = true;
        if (armed != null) {
            armed.cancel();
            armed = null;
        }
    }

    /** Whether the protocol has left and is not touched any more. */
    boolean isStopped() {
        return isStopped;
    }

    private void fire() {
        armed = null;
        if (isStopped) {
            return;
        }
        long nowNanos = loop.nanoTime();
        onTick.accept(nowNanos);
        arm();
    }
}
