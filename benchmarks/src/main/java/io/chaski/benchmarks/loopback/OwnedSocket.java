package io.chaski.benchmarks.loopback;

import java.util.concurrent.TimeUnit;
import org.zeromq.ZContext;

/** The thread of sockets of ZeroMQ, which belong to one thread only. Closing it, by another thread, ends it and them. */
final class OwnedSocket implements AutoCloseable {

    private static final long END_LIMIT_MILLIS = TimeUnit.SECONDS.toMillis(20);

    private final ZContext context;
    private final Thread owner;
    private volatile boolean isClosed;

    /**
     * Starts it.
     *
     * @param context of the sockets; closed with it
     * @param step done again and again; it does not wait for long
     */
    OwnedSocket(ZContext context, Runnable step) {
        this.context = context;
        this.owner = new Thread(() -> work(step), "sockets");
        owner.setDaemon(true);
        owner.start();
    }

    private void work(Runnable step) {
        while (!isClosed) {
            step.run();
        }
    }

    boolean isOwner(Thread thread) {
        return thread == owner;
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            owner.join(END_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // its sockets are its own
        }
        if (owner.isAlive()) {
            throw new IllegalStateException("the thread of the sockets has not ended");
        }
        context.close();
    }
}
