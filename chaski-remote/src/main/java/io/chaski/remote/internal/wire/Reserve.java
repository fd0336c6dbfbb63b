package io.chaski.remote.internal.wire;

/**
 * Bytes that were taken of a budget beforehand, for one stream, and beyond them what is left of another one. So what fits into the
 * reserve is never refused. Thread-safe.
 */
public final class Reserve extends Budget {

    private final Budget of;
    private final long size;
    private final Budget beyond;
    private long used;
    private boolean isReleased;

    Reserve(Budget of, long size, Budget beyond) {
        super(size);
        this.of = of;
        this.size = size;
        this.beyond = beyond;
    }

    @Override
    public synchronized boolean tryTake(long bytes) {
        if (isReleased || !beyond.tryTake(beyond(used + bytes) - beyond(used))) {
            return false;
        }
        used += bytes;
        return true;
    }

    @Override
    public synchronized void giveBack(long bytes) {
        if (!isReleased) {
            used -= bytes;
            beyond.giveBack(beyond(used + bytes) - beyond(used));
        }
    }

    @Override
    public synchronized long left() {
        return isReleased ? 0 : Math.max(0, size - used) + beyond.left();
    }

    private long beyond(long bytes) {
        return Math.max(0, bytes - size);
    }

    /** Gives everything back, what has been taken included: nothing can be taken any more. Does nothing the second time. */
    public synchronized void release() {
        if (!isReleased) {
            isReleased = true;
            beyond.giveBack(beyond(used));
            of.giveBack(size);
        }
    }
}
