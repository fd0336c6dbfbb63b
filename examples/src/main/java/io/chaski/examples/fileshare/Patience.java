package io.chaski.examples.fileshare;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How long a thread waits for a client. Who takes longer for the head of a request, or for a block of what it sends or is sent,
 * loses its connection: the thread that waits at it is interrupted, and that closes it. Thread-safe.
 */
final class Patience implements AutoCloseable {

    /** Small enough that nobody who uses the line at all is too slow, and large enough that nobody gives a byte a minute. */
    private static final int BLOCK_BYTES = 64 << 10;

    private final Duration limit;
    private final Map<Thread, Wait> waits = new HashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "patience");
        thread.setDaemon(true);
        return thread;
    });

    private static final class Wait {
        private final long endNanos;
        private int bytes;

        private Wait(long endNanos) {
            this.endNanos = endNanos;
        }
    }

    /**
     * Patience of some length.
     *
     * @param limit for a head, and for each 64 KiB
     */
    Patience(Duration limit) {
        this.limit = limit;
        long pauseNanos = limit.toNanos() / 4;
        var unused = clock.scheduleWithFixedDelay(this::interruptTheLate, pauseNanos, pauseNanos, TimeUnit.NANOSECONDS);
    }

    /** This thread waits for a client from now on. */
    synchronized void begin() {
        waits.put(Thread.currentThread(), new Wait(System.nanoTime() + limit.toNanos()));
    }

    /** The client has sent or taken something, and gets new time with each block. */
    synchronized void moved(int bytes) {
        Wait wait = waits.get(Thread.currentThread());
        if (wait != null) {
            wait.bytes += bytes;
            if (wait.bytes >= BLOCK_BYTES) {
                begin();
            }
        }
    }

    /** This thread waits for no client. */
    synchronized void end() {
        waits.remove(Thread.currentThread());
    }

    private synchronized void interruptTheLate() {
        long now = System.nanoTime();
        waits.entrySet().removeIf(wait -> {
            boolean isLate = now - wait.getValue().endNanos > 0;
            if (isLate) {
                wait.getKey().interrupt();
            }
            return isLate;
        });
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
