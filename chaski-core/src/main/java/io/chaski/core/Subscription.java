package io.chaski.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * This node's interest in a topic, from {@link ChaskiNode#subscribe} until {@link #close()}. Thread-safe.
 *
 * <pre>
 *   looking --- a neighbour's link stands ---> paired --- the last link is lost ---> looking
 *      any --- close(), the node closes ---> closed
 *      any --- the queue overflows under FAIL ---> closed with QueueOverflowException
 *      any --- a policy does not allow it any more ---> closed with AccessDeniedException
 * </pre>
 */
public interface Subscription extends AutoCloseable {

    /** Most neighbours that {@link #awaitSubscribers} may ask for: each member links to about five others. */
    int MAX_AWAITED_SUBSCRIBERS = 5;

    /** How long {@link #ready()} looks before it says that nobody is there. */
    Duration READY_AFTER = Duration.ofSeconds(2);

    /** Name of the topic. */
    String topic();

    /**
     * Completes when the topic is paired, or with {@link Pairing#ALONE} after two seconds or when closed before. Its
     * dependents run on the callback executor.
     */
    CompletableFuture<Pairing> ready();

    /** Whether at least one link to another member stands now. */
    boolean isPaired();

    /** How many members of the topic this node is linked to now; a large topic has many more members. */
    int neighbours();

    /**
     * Waits until the topic is paired.
     *
     * @param limit how long
     * @throws RequestTimeoutException if nobody came in time; {@link ChaskiNode#diagnose} says why
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     * @throws NodeClosedException if the subscription closes meanwhile
     */
    default void awaitPaired(Duration limit) throws InterruptedException {
        awaitSubscribers(1, limit);
    }

    /**
     * Waits until this node is linked to several other members.
     *
     * @param count 1 to {@value #MAX_AWAITED_SUBSCRIBERS}; to know everybody who is there, use presence
     * @param limit how long
     * @throws RequestTimeoutException if not enough came in time
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     * @throws NodeClosedException if the subscription closes meanwhile
     */
    void awaitSubscribers(int count, Duration limit) throws InterruptedException;

    /** What this subscription has seen so far. */
    Statistics statistics();

    /**
     * Completes when the subscription has ended: normally after {@link #close()} or the end of the node,
     * exceptionally with {@link QueueOverflowException}, or with
     * {@link io.chaski.core.security.policy.AccessDeniedException} once this node may not subscribe any more. Its dependents run on
     * the callback executor.
     */
    CompletableFuture<Void> closed();

    /**
     * Ends it. What is still queued is not delivered; no callback begins after this returns, one that is running ends
     * by itself. The topic's other subscriptions go on. May be called again, from any thread.
     */
    @Override
    void close();

    /**
     * Counts of one subscription. Immutable. Each message counts once, as delivered, dropped, missing or undecodable,
     * when its turn comes; while a callback runs, up to 64 messages have left the queue and are in no count yet.
     *
     * @param delivered messages handed to the handler
     * @param dropped messages given up because the queue was full, those of gaps that were given up with it included;
     *     under {@link OverflowPolicy#FAIL} also those that came until what waited had been handed over
     * @param missing messages reported as gaps
     * @param undecodable messages skipped because their payload could not be decoded
     * @param failed callbacks that threw
     * @param queued messages waiting now
     * @param queuedBytes bytes they take
     * @param capacity how many messages may wait
     */
    record Statistics(
            long delivered,
            long dropped,
            long missing,
            long undecodable,
            long failed,
            int queued,
            long queuedBytes,
            int capacity) {}
}
