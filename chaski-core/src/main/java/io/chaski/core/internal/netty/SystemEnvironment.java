package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.LiveSecurity;
import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/** The real world. Thread-safe. */
public final class SystemEnvironment implements RuntimeEnvironment {

    /** The only one: it has no state. */
    public static final SystemEnvironment INSTANCE = new SystemEnvironment();

    private SystemEnvironment() {}

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    /** Keys of datagrams, and tokens against forged ones, are drawn from it, so it must not be predictable. */
    @Override
    public RandomGenerator newRandom() {
        return new SecureRandom();
    }

    @Override
    public ExecutorService newCallbackExecutor(String nodeName) {
        return CallbackExecutors.create(nodeName);
    }

    @Override
    public Host open(String nodeName, TransportLimits limits) {
        return NettyHost.open(nodeName, limits, null);
    }

    @Override
    public Host open(String nodeName, TransportLimits limits, LiveSecurity security) {
        return NettyHost.open(nodeName, limits, security);
    }
}
