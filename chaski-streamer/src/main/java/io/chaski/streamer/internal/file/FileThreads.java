package io.chaski.streamer.internal.file;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of an exchange: some for the disk, some that read whole files, some that hash what comes, some for callbacks, which may block, and one that ticks. All end when they
 * have nothing to do. Thread-safe.
 */
final class FileThreads implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FileThreads.class);

    /** A write that hangs leaves threads to others. */
    private static final int MIN_DISK_THREADS = 4;

    /** Hashing needs a processor, disks like a few requests at a time. */
    private static final int MAX_DISK_THREADS = 8;

    private static final int CALLBACK_THREADS = 4;

    /** For whole files that are read to be offered, or to see what they are: hours of them must not keep others from the disk. */
    private static final int HASHING_THREADS = 2;

    /** For files that are received, each a few MiB at a time, so that they get on together and leave the disk's threads to writes. */
    private static final int RECEIVED_HASHING_THREADS = 2;

    /** How long a transfer may be late to notice that it has to wait, and progress to be told. */
    private static final long TICK_MILLIS = 100;

    private final ThreadPoolExecutor disk;
    private final ThreadPoolExecutor hashing;
    private final ThreadPoolExecutor receivedHashing;
    private final ThreadPoolExecutor sharing;
    private final ThreadPoolExecutor callbacks;
    private final ScheduledExecutorService ticker;

    FileThreads(String nodeName) {
        int processors = Runtime.getRuntime().availableProcessors();
        int diskThreads = Math.max(MIN_DISK_THREADS, Math.min(MAX_DISK_THREADS, processors));
        disk = pool(diskThreads, "chaski-files-disk-" + nodeName);
        hashing = pool(HASHING_THREADS, "chaski-files-hash-" + nodeName);
        receivedHashing = pool(RECEIVED_HASHING_THREADS, "chaski-files-hash-received-" + nodeName);
        sharing = pool(1, "chaski-files-share-" + nodeName);
        callbacks = pool(CALLBACK_THREADS, "chaski-files-callback-" + nodeName);
        ticker = Executors.newSingleThreadScheduledExecutor(daemons("chaski-files-tick-" + nodeName));
    }

    /** Ticks from now on. Until then there is no thread that does not end by itself. */
    void begin(Runnable tick) {
        var unused =
                ticker.scheduleWithFixedDelay(() -> runGuarded(tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void runGuarded(Runnable tick) {
        try {
            tick.run();
        } catch (Throwable bug) {
            log.error(
                    "a tick failed",
                    bug); // the last line of defence: a ticker that throws, if only an Error, ticks no more
        }
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

    /** For reading whole files. */
    Executor hashing() {
        return hashing;
    }

    /** For hashing files while they come. */
    Executor receivedHashing() {
        return receivedHashing;
    }

    /** For directories that are shared: who asks for a name waits for none of the other files. */
    Executor sharing() {
        return sharing;
    }

    Executor callbacks() {
        return callbacks;
    }

    /** Ends the threads once they have done what they were given. */
    @Override
    public void close() {
        ticker.shutdownNow();
        disk.shutdown();
        hashing.shutdown();
        receivedHashing.shutdown();
        sharing.shutdown();
        callbacks.shutdown();
    }
}
