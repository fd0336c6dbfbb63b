package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.Computation;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for what takes too long for the loop of a node. Made when there is something to compute for the first time; they end
 * when there is nothing to do. {@link #start} and {@link #close} are called on the loop.
 *
 * <p>The queue has no bound of its own: the protocol has one computation at a time under way for each neighbour of a topic, one
 * for each topic on which it publishes, and one for each neighbour that has gone meanwhile; it counts the bytes that they hold until
 * they are finished, and drops what does not fit.
 */
final class Computations {

    private static final Logger LOG = LoggerFactory.getLogger(Computations.class);

    /** Half of the cores, so that the loops have the others; more than four would only wait for one loop. */
    private static final int MAX_THREADS = 4;

    private static final long IDLE_SECONDS = 10;

    private final String nodeName;
    private final Consumer<Computation> whenComputed;
    private final ThreadFactory factory;
    private @Nullable ThreadPoolExecutor threads;
    private boolean isClosed;

    /**
     * No threads yet.
     *
     * @param nodeName part of the names of the threads
     * @param whenComputed called by the thread that has computed, also when that has failed, or within {@link #start} if there is
     *     no thread
     */
    Computations(String nodeName, Consumer<Computation> whenComputed) {
        this(nodeName, whenComputed, task -> {
            Thread created = new Thread(task, "chaski-" + nodeName + "-proofs");
            created.setDaemon(true);
            return created;
        });
    }

    /** With threads of a test. */
    Computations(String nodeName, Consumer<Computation> whenComputed, ThreadFactory factory) {
        this.nodeName = nodeName;
        this.whenComputed = whenComputed;
        this.factory = factory;
    }

    /** Has something computed, unless the node has closed. */
    void start(Computation computation) {
        if (isClosed) {
            return;
        }
        try {
            if (threads == null) {
                threads = create();
            }
            threads.execute(() -> run(computation));
        } catch (Throwable noThread) { // mostly of the system; whoever waits is told that there is no result
            LOG.error("node {}: a computation cannot be started", nodeName, noThread);
            whenComputed.accept(computation);
        }
    }

    /** Takes nothing any more. What is under way comes to its end, and nobody hears of it. */
    void close() {
        isClosed = true;
        if (threads != null) {
            threads.shutdown();
        }
    }

    private void run(Computation computation) {
        try {
            computation.compute();
        } catch (Throwable bug) { // the thread's last line of defence; whoever waits is told that there is no result
            LOG.error("node {}: a computation failed", nodeName, bug);
        }
        whenComputed.accept(computation);
    }

    private ThreadPoolExecutor create() {
        int count = Math.max(1, Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() / 2));
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
