package io.chaski.core.internal.netty;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks names up on threads of its own, because the operating system may take many seconds. Confined to the loop, where
 * the answers come.
 */
final class NameResolver {

    /** So many look-ups may hang at a time before the others wait. */
    private static final int THREADS = 4;

    /** Only configured addresses are names, so more than this is a mistake; they count as not found. */
    private static final int MAX_WAITING = 256;

    private static final long IDLE_SECONDS = 5;

    private final NettyLoop loop;
    private final ThreadPoolExecutor threads;

    NameResolver(String nodeName, NettyLoop loop) {
        this.loop = loop;
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, "chaski-" + nodeName + "-names");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Looks a name up.
     *
     * @param host a name
     * @param answer hears its addresses on the loop; none if there is no such name
     */
    void resolve(String host, Consumer<List<InetAddress>> answer) {
        try {
            threads.execute(() -> {
                List<InetAddress> found = lookUp(host);
                loop.execute(() -> answer.accept(found));
            });
        } catch (RejectedExecutionException tooMany) {
            loop.execute(() -> answer.accept(List.of()));
        }
    }

    /** Ends its threads; look-ups that hang end when the operating system gives up. */
    void close() {
        threads.shutdownNow();
    }

    private static List<InetAddress> lookUp(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }
}
