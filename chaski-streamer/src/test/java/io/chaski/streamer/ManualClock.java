package io.chaski.streamer;

import io.chaski.core.Environment;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** A wall clock that a test moves. */
final class ManualClock implements Environment {

    private final AtomicLong nowMillis = new AtomicLong(1_700_000_000_000L);

    void advance(Duration duration) {
        nowMillis.addAndGet(duration.toMillis());
    }

    @Override
    public long currentTimeMillis() {
        return nowMillis.get();
    }

    @Override
    public long nanoTime() {
        throw new AssertionError("a storage knows the wall clock only");
    }

    @Override
    public RandomGenerator newRandom() {
        throw new AssertionError("a storage leaves nothing to chance");
    }

    @Override
    public ExecutorService newCallbackExecutor(String nodeName) {
        throw new AssertionError("a storage has no callbacks");
    }
}
