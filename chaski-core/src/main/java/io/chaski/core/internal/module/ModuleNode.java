package io.chaski.core.internal.module;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.NodeStreams;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A node as the modules on top of it see it: its clock and timers, so that a module works in the test kit's virtual time
 * as the node does, its chance, its callback executor and its end. Thread-safe.
 */
public interface ModuleNode {

    /** A node that has this other side. */
    interface Door {
        /** The other side. */
        ModuleNode forModules();
    }

    /**
     * The other side of a node.
     *
     * @param node started by a {@link io.chaski.core.NodeBuilder}
     * @throws IllegalArgumentException if it is something else that looks like a node
     */
    static ModuleNode of(ChaskiNode node) {
        if (node instanceof Door door) {
            return door.forModules();
        }
        throw new IllegalArgumentException("a module needs a node that ChaskiNode.builder() has started, not "
                + node.getClass().getName());
    }

    /** The monotonic clock of the node. */
    long nanoTime();

    /** The clock of the wall in milliseconds since 1970, which may be set at any time. */
    long currentTimeMillis();

    /** A generator for one user, who takes care of threads. */
    RandomGenerator newRandom();

    /**
     * Runs a task on the callback executor, later, unless the node closes before. There is no way to take it back: a
     * task that comes late looks again whether it still matters.
     *
     * @param task what it throws is logged and counted
     * @param delay zero or more
     * @return false if the node has closed and it will not run
     */
    boolean after(Duration delay, Runnable task);

    /**
     * A bounded queue whose listeners run on the callback executor.
     *
     * @param what a name for the log
     * @param capacity how many items wait at most; those beyond are dropped and counted
     */
    <E> ModuleMailbox<E> newMailbox(String what, int capacity);

    /** A future for the application: in virtual time, whoever waits for it lets time pass. */
    <V extends @Nullable Object> CompletableFuture<V> newFuture();

    /**
     * Completes a future so that what depends on it runs on the callback executor.
     *
     * @param future what somebody may wait for
     * @param value the result
     */
    <V> void complete(CompletableFuture<V> future, V value);

    /**
     * As {@link #complete}, with a failure.
     *
     * @param future what somebody may wait for
     * @param failure why there is no result
     */
    void fail(CompletableFuture<?> future, Throwable failure);

    /**
     * Waits for a future that this node, or a module on it, completes.
     *
     * @param future what is waited for
     * @param limit how long at most
     * @return whether it is done, in whatever way
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     */
    boolean await(CompletableFuture<?> future, Duration limit) throws InterruptedException;

    /**
     * Where a node says it can be reached, for a stream to it of which this node would otherwise say that nothing is known of the
     * peer. Treated as hearsay of the weakest kind: dialled under the limits for that, without looking up a name, and at an address
     * of this machine only while all peers there have ever been are of this machine. The latest 256 nodes are remembered.
     *
     * @param node who
     * @param epoch its incarnation
     * @param addresses where, best first; the first four count
     */
    void hint(NodeId node, long epoch, List<Address> addresses);

    /** The smoothed round-trip time of each edge that stands and has been measured. */
    CompletableFuture<Map<NodeId, Duration>> roundTrips();

    /**
     * The streams of the node, whose futures complete on the event loop: what depends on them must not wait, and runs none
     * of the application's code. So a module gets on while callbacks wait for it, all of them at a time.
     */
    NodeStreams inlineStreams();

    /** Messages of topics as they travel. */
    ModuleMessages messages();

    /**
     * Runs a task when the node begins to close, while it can still publish. It must not wait: the five seconds of the
     * node's end are for everybody.
     *
     * @param task what it throws is logged
     * @return keeps the task from running if the node is not closing yet
     * @throws io.chaski.core.NodeClosedException if it is
     */
    Registration onClosing(Runnable task);
}
