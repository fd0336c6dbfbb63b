package io.chaski.streamer.internal.file;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of an exchange: some for the disk, some for callbacks, which may block, and one that ticks. All end when they
 * have nothing to do. Thread-safe.
 */
final class FileThreads implements AutoCloseable {

    /** Large files that are being read to be offered leave threads to those on their way. */
    private static final int MIN_DISK_THREADS = 4;

    /** Hashing needs a processor, disks like a few requests at a time. */
    private static final int MAX_DISK_THREADS = 8;

    private static final int CALLBACK_THREADS = 4;

    /** How long a transfer may be late to notice that it has to wait, and progress to be told. */
    private static final long TICK_MILLIS = 100;

    private final ThreadPoolExecutor disk;
    private final ThreadPoolExecutor callbacks;
    private final ScheduledExecutorService ticker;

    FileThreads(String nodeName, Runnable tick) {
        int processors = Runtime.getRuntime().availableProcessors();
        int diskThreads = Math.max(MIN_DISK_THREADS, Math.min(MAX_DISK_THREADS, processors));
        disk = pool(diskThreads, "chaski-files-disk-" + nodeName);
        callbacks = pool(CALLBACK_THREADS, "chaski-files-callback-" + nodeName);
        ticker = Executors.newSingleThreadScheduledExecutor(daemons("chaski-files-tick-" + nodeName));
        var unused = ticker.scheduleWithFixedDelay(tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The queues are bounded by those who fill them: each transfer, session and listener has one task in it at most. */
    private static ThreadPoolExecutor pool(int threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    Executor disk() {
        return disk;
    }

    Executor callbacks() {
        return callbacks;
    }

    /** Ends the threads once they have done what they were given. */
    @Override
    public void close() {
        ticker.shutdownNow();
        disk.shutdown();
        callbacks.shutdown();
    }
}
