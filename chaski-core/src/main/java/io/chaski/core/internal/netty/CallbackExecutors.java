package io.chaski.core.internal.netty;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Executors for applications' callbacks. Thread-safe. */
final class CallbackExecutors {

    /** As many handlers of one node may block at a time on a JVM without virtual threads; the others then wait. */
    static final int MAX_THREADS = 32;

    private static final long IDLE_SECONDS = 5;

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
        return new ThreadPoolExecutor(
                0,
                MAX_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new HandOverFirst(),
                task -> daemon(task, "chaski-" + nodeName + "-callback-" + number.incrementAndGet()),
                CallbackExecutors::queueWhenAllAreBusy);
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

    private static void queueWhenAllAreBusy(Runnable task, ThreadPoolExecutor pool) {
        if (pool.isShutdown()) {
            throw new RejectedExecutionException("the node is closed");
        }
        ((HandOverFirst) pool.getQueue()).put(task);
    }

    /**
     * A pool with a plain queue would not start a second thread until the queue is full. This one takes a task only
     * when a thread waits for it; {@link #put} takes it in any case. Not bounded here:
     * a subscription, an event listener or a stream has at most one task in it, and each future that completes is one
     * more, so its length follows what the application has opened and asked for.
     */
    private static final class HandOverFirst extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }
    }
}
