package io.chaski.core.internal.protocol;

import io.chaski.core.NodeEvent;
import java.util.concurrent.TimeUnit;

/**
 * Bytes that all topics of a node may take together for one purpose. Each topic has its own bounds besides; this one
 * holds whatever the number of topics. Confined to the node's event loop.
 */
public final class MemoryBudget {

    /** A node that is short of memory stays so for a while; one event a second says it, the counter says how often. */
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ProtocolContext context;
    private final String counter;
    private final String what;
    private final long limitBytes;
    private long usedBytes;
    private long toldNanos;
    private boolean isTold;

    /**
     * Nothing taken.
     *
     * @param context of the node
     * @param counter counts what was given up because of this limit
     * @param what the limit, for the event
     * @param limitBytes 0 or more
     */
    public MemoryBudget(ProtocolContext context, String counter, String what, long limitBytes) {
        this.context = context;
        this.counter = counter;
        this.what = what;
        this.limitBytes = limitBytes;
    }

    /**
     * Whether {@link #tryTake} would take so many now.
     *
     * @param bytes 0 or more
     */
    public boolean hasRoomFor(long bytes) {
        return usedBytes + bytes <= limitBytes;
    }

    /**
     * Takes bytes if there are so many.
     *
     * @param bytes 0 or more
     * @return whether they were taken
     */
    public boolean tryTake(long bytes) {
        if (!hasRoomFor(bytes)) {
            return false;
        }
        usedBytes += bytes;
        return true;
    }

    /**
     * Takes bytes, beyond the limit if need be. The caller gives up something of its own while {@link #isExceeded()}.
     *
     * @param bytes 0 or more
     */
    public void take(long bytes) {
        usedBytes += bytes;
    }

    /**
     * Gives bytes back.
     *
     * @param bytes as many as were taken, or fewer
     */
    public void giveBack(long bytes) {
        usedBytes -= bytes;
        assert usedBytes >= 0 : usedBytes;
    }

    /** Whether more is taken than there may be. */
    public boolean isExceeded() {
        return usedBytes > limitBytes;
    }

    /** Bytes that are taken. */
    public long usedBytes() {
        return usedBytes;
    }

    /** Something was given up for want of bytes: it is counted, and told once a second at most. */
    public void onGivenUp() {
        context.counters().increment(counter);
        long nowNanos = context.nowNanos();
        if (!isTold || nowNanos - toldNanos >= TELL_NANOS) {
            isTold = true;
            toldNanos = nowNanos;
            context.outbox().emit(new NodeEvent.LimitReached(what, limitBytes));
        }
    }
}
