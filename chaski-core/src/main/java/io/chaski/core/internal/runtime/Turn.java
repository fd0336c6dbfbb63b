package io.chaski.core.internal.runtime;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * One turn of the loop: inputs are handled, then what they queued is sent and the next tick is armed, once for all of
 * them. Confined to the loop.
 */
final class Turn {

    private final TaskLoop loop;
    private final Runnable end;
    private final Queue<Runnable> atEnd = new ArrayDeque<>();
    private boolean isOpen;
    private long nowNanos;

    /**
     * Turns of a loop.
     *
     * @param loop where
     * @param afterInputs what to do at the end of each turn
     */
    Turn(TaskLoop loop, Runnable afterInputs) {
        this.loop = loop;
        this.end = () -> {
            isOpen = false;
            try {
                for (Runnable task = atEnd.poll(); task != null; task = atEnd.poll()) {
                    task.run();
                }
            } finally {
                afterInputs.run();
            }
        };
    }

    /** Runs something before what this turn has queued is sent. */
    void atEnd(Runnable task) {
        atEnd.add(task);
        touch();
    }

    /** Reads the clock for an input and makes sure that its turn will end. */
    long begin() {
        nowNanos = loop.nanoTime();
        touch();
        return nowNanos;
    }

    /** The time for one of many inputs: as read at the first of this turn, because reading the clock costs more. */
    long nowOfTurn() {
        return isOpen ? nowNanos : begin();
    }

    /** Makes sure that this turn will end. */
    void touch() {
        if (!isOpen) {
            isOpen = true;
            loop.execute(end);
        }
    }
}
