package io.chaski.core.internal.netty;

import io.chaski.core.internal.module.CallbackPool;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Executors for applications' callbacks. Thread-safe. */
final class CallbackExecutors {

    /** As many handlers of one node may block at a time on a JVM without virtual threads; the others then wait. */
    static final int MAX_THREADS = 32;

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** {@code Executors.newVirtualThreadPerTaskExecutor}, which JDK 17 does not have. */
    private static final @Nullable Method VIRTUAL = findVirtual();

    private CallbackExecutors() {}

    static ExecutorService create(String nodeName) {
        return create(nodeName, VIRTUAL);
    }

    /**
     * An executor of virtual threads where the JVM has them, otherwise a pool.
     *
     * @param nodeName part of the names of a pool's threads
     * @param factory makes an executor of virtual threads; null if the JVM knows no such thing
     */
    static ExecutorService create(String nodeName, @Nullable Method factory) {
        ExecutorService virtual = factory == null ? null : virtual(factory);
        return virtual == null ? pool(nodeName) : virtual;
    }

    static ExecutorService pool(String nodeName) {
        AtomicInteger number = new AtomicInteger();
        return new CallbackPool(
                MAX_THREADS,
                IDLE_NANOS,
                task -> daemon(task, "chaski-" + nodeName + "-callback-" + number.incrementAndGet()));
    }

    private static @Nullable ExecutorService virtual(Method factory) {
        try {
            return (ExecutorService) factory.invoke(null);
        } catch (IllegalAccessException | InvocationTargetException onlyAPreview) {
            return null; // JDK 19 and 20 have the method, but it refuses without a flag
        }
    }

    private static @Nullable Method findVirtual() {
        try {
            return Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
        } catch (NoSuchMethodException before21) {
            return null;
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
