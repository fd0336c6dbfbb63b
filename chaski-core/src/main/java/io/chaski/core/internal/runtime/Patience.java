package io.chaski.core.internal.runtime;

import java.util.function.LongSupplier;

/**
 * Waits of one thread that interrupts do not cut short, since each is bounded and what follows depends on it. Interrupts are
 * kept, from the beginning of this object on, until they are given back. Confined to that thread.
 */
final class Patience {

    private final LongSupplier nanoTime;
    private boolean isInterrupted;

    /** Something that an interrupt ends early: by the exception, or in good order with the thread interrupted again. */
    @FunctionalInterface
    interface Wait<T> {
        /**
         * Waits.
         *
         * @param timeoutNanos longest; 0 only looks
         */
        T await(long timeoutNanos) throws InterruptedException;
    }

    /**
     * Begins to keep the interrupts of the calling thread.
     *
     * @param nanoTime the clock that waits are measured on
     */
    Patience(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        keepInterrupt();
    }

    /**
     * Waits, again for the rest of the time after each interrupt.
     *
     * @param wait may be called several times
     * @param timeoutNanos longest
     * @return what the last wait returned
     */
    <T> T await(Wait<T> wait, long timeoutNanos) {
        long deadlineNanos = nanoTime.getAsLong() + timeoutNanos;
        for (long leftNanos = timeoutNanos; ; leftNanos = Math.max(0, deadlineNanos - nanoTime.getAsLong())) {
            try {
                T waited = wait.await(leftNanos);
                if (!keepInterrupt()) {
                    return waited;
                }
            } catch (InterruptedException interrupted) {
                isInterrupted = true;
            }
        }
    }

    /** The thread is interrupted again if it was in the meantime. */
    void giveBack() {
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean keepInterrupt() {
        boolean isNew = Thread.interrupted();
        isInterrupted |= isNew;
        return isNew;
    }
}
