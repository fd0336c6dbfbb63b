package io.chaski.core;

import io.chaski.core.internal.netty.SystemEnvironment;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * What a node takes from the world: clocks, chance, threads and, behind the scenes, its event loop and its sockets.
 * {@link #system()} is the real one and the default; the test kit has one whose time stands still until the test moves
 * it. Other implementations are refused at start, because a node also needs the part that is not public.
 *
 * <p>Thread-safe. One environment serves any number of nodes.
 */
public interface Environment {

    /** The real world: system clocks, system chance, one daemon thread per node for its event loop, real sockets. */
    static Environment system() {
        return SystemEnvironment.INSTANCE;
    }

    /** A monotonic clock in nanoseconds; only differences mean something. */
    long nanoTime();

    /**
     * The wall clock in milliseconds since 1970. Labels messages for people, and says which certificates, lists and policies
     * have begun and ended; no other decision hangs on it.
     */
    long currentTimeMillis();

    /** A generator of its own for one node, which uses it on its event loop only. */
    RandomGenerator newRandom();

    /**
     * An executor for the callbacks of one node, shut down by the node when it closes. Virtual threads when the JVM has
     * them, otherwise a bounded pool of daemon threads.
     *
     * @param nodeName label of the node; part of the names of the threads
     */
    ExecutorService newCallbackExecutor(String nodeName);
}
