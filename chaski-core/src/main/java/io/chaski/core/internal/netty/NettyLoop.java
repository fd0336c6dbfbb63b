package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.TaskLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One Netty event loop with one daemon thread of its own. Thread-safe. */
final class NettyLoop implements TaskLoop {

    private final SingleThreadIoEventLoop eventLoop;
    private volatile @Nullable Thread thread;

    NettyLoop(String nodeName, Sockets sockets) {
        ThreadFactory threads = task -> newThread(task, "chaski-" + nodeName + "-io");
        eventLoop = new SingleThreadIoEventLoop(null, threads, sockets.ioHandlers());
    }

    /** By its class, a thread knows that it is a loop, whosever it is. */
    private static final class LoopThread extends FastThreadLocalThread {
        LoopThread(Runnable task, String name) {
            super(task, name);
        }
    }

    private Thread newThread(Runnable task, String name) {
        Thread created = new LoopThread(task, name);
        created.setDaemon(true);
        thread = created;
        return created;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    @Override
    public boolean execute(Runnable task) {
        try {
            eventLoop.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        ScheduledFuture<?> scheduled = eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    @Override
    public boolean inAnyLoop() {
        return Thread.currentThread() instanceof LoopThread;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void shutdown() {
        // No quiet period: whoever shuts a loop down has closed what runs on it.
        Future<?> unused = eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Override
    public boolean awaitShutdown(long timeoutNanos) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        if (!eventLoop.awaitTermination(timeoutNanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        Thread last = thread;
        if (last != null) {
            long remainingMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            last.join(Math.max(1, remainingMillis));
            return !last.isAlive();
        }
        return true;
    }
}
