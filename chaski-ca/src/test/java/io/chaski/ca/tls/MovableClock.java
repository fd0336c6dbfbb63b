package io.chaski.ca.tls;

import io.chaski.core.Environment;
import io.chaski.core.internal.netty.SystemEnvironment;
import io.chaski.core.internal.runtime.LiveSecurity;
import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/** A wall clock that begins at some time, goes on, and jumps when it is told to. Thread-safe. */
final class MovableClock implements InstantSource {

    private final Instant start;
    private final long startNanos = System.nanoTime();
    private volatile Duration jumped = Duration.ZERO;
    private volatile Runnable whenAsked = () -> {};

    MovableClock(Instant start) {
        this.start = start;
    }

    void jump(Duration by) {
        jumped = by;
    }

    /** From now on done on each thread that asks for the time, before it gets an answer. */
    void whenAsked(Runnable action) {
        whenAsked = action;
    }

    @Override
    public Instant instant() {
        whenAsked.run();
        return start.plusNanos(System.nanoTime() - startNanos).plus(jumped);
    }

    /** The real world, but for the time of day. */
    Environment environment() {
        return new World();
    }

    private final class World implements RuntimeEnvironment {
        private final SystemEnvironment real = SystemEnvironment.INSTANCE;

        @Override
        public Host open(String nodeName, TransportLimits limits) throws IOException {
            return real.open(nodeName, limits);
        }

        @Override
        public Host open(String nodeName, TransportLimits limits, LiveSecurity security) throws IOException {
            return real.open(nodeName, limits, security);
        }

        @Override
        public long nanoTime() {
            return real.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return instant().toEpochMilli();
        }

        @Override
        public RandomGenerator newRandom() {
            return real.newRandom();
        }

        @Override
        public ExecutorService newCallbackExecutor(String nodeName) {
            return real.newCallbackExecutor(nodeName);
        }
    }
}
