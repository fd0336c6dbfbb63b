package io.chaski.benchmarks.loopback;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the sender from running ahead of the receiver, the same for every contestant: a rate at which messages are lost
 * is no throughput. Confined to the sending thread.
 */
final class Window {

    /**
     * Most messages on the way: what a node keeps of a topic to repair what a full connection has skipped, so that a
     * window in flight can always be had again.
     */
    static final int MESSAGES = 8_192;

    /**
     * Most bytes on the way: several times what the loopback moves during a pause, little enough that a receiver which
     * loses its processor for a moment is not taken for one that has gone.
     */
    static final int BYTES = 1 << 20;

    /** About the shortest pause that the system gives. */
    private static final long PAUSE_NANOS = 50_000;

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final List<SharedCounter> progress;
    private final long size;
    private long arrived;

    /**
     * A window that is open.
     *
     * @param progress set by each receiver; the slowest one counts
     * @param messageBytes size of each message
     */
    Window(List<SharedCounter> progress, int messageBytes) {
        this.progress = List.copyOf(progress);
        this.size = Math.max(1, Math.min(MESSAGES, BYTES / messageBytes));
    }

    /**
     * Waits until another message may be sent.
     *
     * @param sent messages sent so far
     * @throws IllegalStateException if nothing arrives for 20 s
     */
    void awaitRoom(long sent) {
        if (sent - arrived >= size) {
            awaitArrived(sent - size + 1);
        }
    }

    /**
     * Waits until messages have arrived.
     *
     * @param count how many, counted from the first one
     * @throws IllegalStateException if nothing arrives for 20 s
     */
    void awaitArrived(long count) {
        long progressNanos = System.nanoTime();
        while (true) {
            long seen = least();
            if (seen != arrived) {
                arrived = seen;
                progressNanos = System.nanoTime();
            }
            if (seen >= count) {
                return;
            }
            if (System.nanoTime() - progressNanos > STUCK_NANOS) {
                throw new IllegalStateException("nothing has arrived for 20 s: " + seen + " of " + count);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private long least() {
        long least = Long.MAX_VALUE;
        for (SharedCounter counter : progress) {
            least = Math.min(least, counter.get());
        }
        return least;
    }
}
