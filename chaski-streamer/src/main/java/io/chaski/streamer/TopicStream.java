package io.chaski.streamer;

import io.chaski.core.OverflowPolicy;
import io.chaski.core.Pairing;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.Subscription;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * What comes on a topic, from {@code open} until {@link #close()}. Thread-safe. It has three faces, and the first one that
 * is used binds the stream:
 *
 * <ul>
 *   <li><b>Blocking</b>: a loop over the stream, or {@link #poll}. Threads may share a stream; each item goes to one of
 *       them. A virtual thread costs nothing while it waits.
 *   <li><b>Reactive</b>: {@link #subscribe}, after Reactive Streams, for one subscriber that requests what it can take.
 *   <li><b>Asynchronous</b>: {@link #onItem}, a handler that is called with one item at a time.
 * </ul>
 *
 * <pre>
 *   open --- poll, iterator ---> blocking          any --- close(), cancel(), the node closes ---> closed
 *   open --- subscribe, onItem ---> reactive       any --- the queue overflows under FAIL ---> closed with an error
 * </pre>
 *
 * <p>With {@link OverflowPolicy#BLOCK}, the default, publishers wait when the queue of a stream is full: read an open
 * stream, or close it. Closing wakes whoever waits; what is still queued is lost then.
 *
 * @param <E> what the stream gives
 */
public interface TopicStream<E> extends Iterable<E>, Flow.Publisher<E>, AutoCloseable {

    /** Name of the topic. */
    String topic();

    /**
     * Takes the next item, and waits for it.
     *
     * @param limit how long; zero not to wait
     * @return empty if nothing came in time, or the stream is closed: {@link #isClosed()} tells
     * @throws InterruptedException if the caller is interrupted; nothing is taken then
     * @throws IllegalStateException if the stream is bound to a subscriber or handler, or called on an event loop
     * @throws QueueOverflowException if the queue overflowed under {@link OverflowPolicy#FAIL}, after what came before
     */
    Optional<E> poll(Duration limit) throws InterruptedException;

    /**
     * Items until the stream is closed. {@link Iterator#hasNext} waits for the next one and takes it; it is false after a
     * close, and when the thread is interrupted, which it then still is. {@link Iterator#next} throws {@link
     * NoSuchElementException} instead. Both throw what {@link #poll} throws. For one thread; others take their own.
     *
     * @throws IllegalStateException if the stream is bound to a subscriber or handler
     */
    @Override
    Iterator<E> iterator();

    /**
     * Gives items to a subscriber as it requests them, on the node's callback executor, one at a time. It is completed
     * when the stream is closed, and gets {@link QueueOverflowException} as {@link #poll} does. Cancelling closes the
     * stream, and so does a subscriber that throws.
     *
     * @param subscriber gets {@link IllegalStateException} as its error, and nothing else, if the stream is bound already
     */
    @Override
    void subscribe(Flow.Subscriber<? super E> subscriber);

    /**
     * Calls a handler with each item, on the node's callback executor, one at a time; the next one waits until it
     * returns. What it throws is logged and counted, and the stream goes on; {@link #closed()} tells the end.
     *
     * @param handler may take its time, for which publishers wait under {@link OverflowPolicy#BLOCK}. If it waits in {@link
     *     TopicPublisher#publish} for readers that wait for it in turn, both wait until the patience ends
     * @throws IllegalStateException if the stream is bound already
     */
    void onItem(Consumer<? super E> handler);

    /** As {@link Subscription#ready()}: completes when the topic is paired, or with {@link Pairing#ALONE} after a while. */
    CompletableFuture<Pairing> ready();

    /**
     * Waits until the topic is paired.
     *
     * @param limit how long
     * @throws RequestTimeoutException if nobody came in time; {@code ChaskiNode.diagnose} says why
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     */
    void awaitPaired(Duration limit) throws InterruptedException;

    /**
     * What has come and what waits. Messages that a filter left out count as delivered; {@code failed} are the items whose
     * handler threw.
     */
    Subscription.Statistics statistics();

    /** Whether it is closed, by whomever. */
    boolean isClosed();

    /**
     * Completes when the stream is closed: normally, or with {@link QueueOverflowException}. Its dependents run on the
     * callback executor.
     */
    CompletableFuture<Void> closed();

    /** Ends the stream, not the node, from any thread. Whoever waits is woken. Does nothing when closed. */
    @Override
    void close();
}
