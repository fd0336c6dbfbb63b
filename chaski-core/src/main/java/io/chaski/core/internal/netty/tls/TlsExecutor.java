package io.chaski.core.internal.netty.tls;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what takes long in handshakes. Handshakes are the cheapest way to keep somebody busy, so there are only so
 * many at a time, and a short queue; what does not fit is rejected, and its connection ends.
 */
public final class TlsExecutor {

    /** Waiting tasks: half of them strangers', the most that may wait at a time anyhow. */
    public static final int QUEUE = 128;

    private static final int THREADS_PER_CORE = 2;
    private static final long IDLE_SECONDS = 10;

    private TlsExecutor() {}

    /**
     * A pool of daemon threads, two for each core, that end when there is nothing to do.
     *
     * @param nodeName part of the names of the threads
     */
    public static ExecutorService create(String nodeName) {
        int threads = THREADS_PER_CORE * Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                    Thread created = new Thread(task, "chaski-" + nodeName + "-tls");
                    created.setDaemon(true);
                    return created;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
