package io.chaski.remote.internal.wire;

import java.util.concurrent.atomic.AtomicLong;

/** A number of bytes that many share. Thread-safe. */
public final class Budget {

    /** A quarter of a heap of 1 GiB; a smaller heap gives a quarter of itself. */
    private static final long MOST_BYTES = 256L << 20;

    private final AtomicLong left;

    /**
     * So many bytes.
     *
     * @param bytes 0 or more
     */
    public Budget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** 256 MiB, or a quarter of a smaller heap. */
    public static Budget ofHeap() {
        return new Budget(Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 4));
    }

    /**
     * Takes some bytes if they are left.
     *
     * @param bytes 0 or more
     * @return whether they were
     */
    public boolean tryTake(long bytes) {
        long before = left.get();
        while (before >= bytes) {
            if (left.compareAndSet(before, before - bytes)) {
                return true;
            }
            before = left.get();
        }
        return false;
    }

    /**
     * Gives bytes back.
     *
     * @param bytes as many as were taken
     */
    public void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    /** How many bytes are left. */
    public long left() {
        return left.get();
    }
}
