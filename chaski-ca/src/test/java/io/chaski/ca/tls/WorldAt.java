package io.chaski.ca.tls;

import io.chaski.core.internal.netty.SystemEnvironment;
import io.chaski.core.internal.runtime.LiveSecurity;
import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/** The real world, but for the time of day. Thread-safe. */
public final class WorldAt implements RuntimeEnvironment {

    private final SystemEnvironment real = SystemEnvironment.INSTANCE;
    private final InstantSource clock;

    public WorldAt(InstantSource clock) {
        this.clock = clock;
    }

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
        return clock.instant().toEpochMilli();
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
