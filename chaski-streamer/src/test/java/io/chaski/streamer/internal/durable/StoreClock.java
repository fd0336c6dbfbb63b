package io.chaski.streamer.internal.durable;

import io.chaski.core.Environment;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Clocks that a test moves. */
final class StoreClock implements Environment {

    static final long START_MILLIS = 1_700_000_000_000L;

    private final AtomicLong nanos = new AtomicLong();

    void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Override
    public long currentTimeMillis() {
        return START_MILLIS + nanos.get() / 1_000_000;
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public RandomGenerator newRandom() {
        throw new AssertionError("a store leaves nothing to chance");
    }

    @Override
    public ExecutorService newCallbackExecutor(String nodeName) {
        throw new AssertionError("a store has no callbacks");
    }
}
