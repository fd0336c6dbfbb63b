package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/** The real world, for tests that change one thing in it. */
public abstract class ForwardingEnvironment implements RuntimeEnvironment {

    private final RuntimeEnvironment world = SystemEnvironment.INSTANCE;

    @Override
    public Host open(String nodeName, TransportLimits limits) throws IOException {
        return world.open(nodeName, limits);
    }

    @Override
    public long nanoTime() {
        return world.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return world.currentTimeMillis();
    }

    @Override
    public RandomGenerator newRandom() {
        return world.newRandom();
    }

    @Override
    public ExecutorService newCallbackExecutor(String nodeName) {
        return world.newCallbackExecutor(nodeName);
    }
}
