package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The door to a node's event loop. Thread-safe. */
public interface NodeLoop {

    /** Whoever says more means for ever. */
    Duration LONGEST = Duration.ofDays(36_525);

    /** Something to do on the loop. */
    @FunctionalInterface
    interface Task {
        /**
         * Runs on the loop.
         *
         * @param protocol the node's protocol
         * @param nowNanos the time
         */
        void run(NodeProtocol protocol, long nowNanos);
    }

    /**
     * Runs a task on the loop, soon, in the order of the calls of one thread. Never waits.
     *
     * @param task what to do
     * @return false if the node is closed and the task will not run
     * @throws IllegalStateException if so many tasks wait already that the loop must be stuck
     */
    boolean execute(Task task);

    /**
     * As {@link #execute}, and never refused because too many wait: for what this node owes somebody who could not ask again, and
     * of which there is a bounded number, one for each subscription or timer.
     *
     * @param task what to do
     * @return false if the node is closed and the task will not run
     */
    boolean executeAlways(Task task);

    /**
     * Publishes without a task of its own for each message. Waits while the loop's bounded queue is full.
     *
     * @param topic name of the topic
     * @param channel see {@link io.chaski.core.internal.protocol.Source}
     * @param hopLimit 1 to 255
     * @param live whether to leave subscribers behind that take no more, instead of waiting for them
     * @param body envelope and payload
     * @param done hears the outcome on the loop; null if nobody wants to know
     * @param timeoutNanos how long to wait for room, 0 not to wait
     * @return whether it was queued; false after the timeout or when closed
     * @throws InterruptedException if the caller is interrupted while waiting
     */
    boolean publish(
            String topic,
            int channel,
            int hopLimit,
            boolean live,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done,
            long timeoutNanos)
            throws InterruptedException;

    /**
     * Runs a task later, unless the node closes before. Called on the loop only.
     *
     * @param task what to do; one that may come late looks again whether it still matters
     * @param delayNanos 0 or more
     * @return takes it back, on the loop
     */
    TaskLoop.Timer schedule(Task task, long delayNanos);

    /**
     * Runs something when all that has come in this turn of the loop is dealt with: what is better done once for many of
     * them. Called on the loop only.
     *
     * @param task does not wait
     */
    void atEndOfTurn(Runnable task);

    /**
     * Waits for something that the loop brings about. All waiting for the loop comes through here, because with
     * virtual time it is the waiting that moves time on.
     *
     * @param future completed on the loop
     * @param timeoutNanos how long to wait
     * @return whether it is done, in whatever way
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on the loop
     */
    boolean await(CompletableFuture<?> future, long timeoutNanos) throws InterruptedException;

    /** A future for the application; see {@link TaskLoop#newFuture()}. */
    <V extends @Nullable Object> CompletableFuture<V> newFuture();

    /** Whether the calling thread is the loop. */
    boolean inLoop();

    /** Whether the calling thread is this loop or that of another node: neither may wait. */
    boolean inAnyLoop();

    /** Whether the node has begun to close. */
    boolean isClosing();

    /** The monotonic clock of the node. */
    long nanoTime();

    /**
     * A limit of the application in nanoseconds, a century if it is longer: {@code ChronoUnit.FOREVER} has more
     * nanoseconds than a number holds, and a deadline is a sum.
     *
     * @param limit any duration
     */
    static long nanosOf(Duration limit) {
        return limit.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : limit.toNanos();
    }
}
