package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Ends a stream whose other side is silent for too long. Thread-safe. */
final class IdleLimit {

    private final Stream stream;
    private final long limitNanos;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean isOurTurn;

    private IdleLimit(Stream stream, Duration limit) {
        this.stream = stream;
        this.limitNanos = limit.toNanos();
    }

    static IdleLimit on(Stream stream, Duration limit) {
        IdleLimit idle = new IdleLimit(stream, limit);
        idle.waitFor(idle.limitNanos);
        return idle;
    }

    /** The other side has said something, or made room. */
    void onHeard() {
        heardNanos = System.nanoTime();
    }

    /** Does what the other side has to wait for, and does not count the time. */
    void whileItWaits(Runnable work) {
        isOurTurn = true;
        try {
            work.run();
        } finally {
            onHeard();
            isOurTurn = false;
        }
    }

    private void waitFor(long nanos) {
        CompletableFuture<Void> timer = new CompletableFuture<>();
        var unused = timer.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS).thenRunAsync(this::check);
        var unusedToo = stream.closed().whenComplete((done, failure) -> timer.cancel(false));
    }

    private void check() {
        long leftNanos = isOurTurn ? limitNanos : heardNanos + limitNanos - System.nanoTime();
        if (leftNanos > 0) {
            waitFor(leftNanos);
        } else {
            stream.reset(StreamCode.LIMIT, "silent for too long");
        }
    }
}
