package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the node's events to whoever listens, each with a bounded queue of its own. Thread-safe; never waits. */
final class EventBus implements Flow.Publisher<NodeEvent>, AutoCloseable {

    /** Events are rare; whoever is this far behind reads the snapshot instead. */
    static final int CAPACITY = 256;

    private static final Logger LOG = LoggerFactory.getLogger(EventBus.class);

    private final Callbacks callbacks;

    /** A publisher of the JDK ends a subscription when its executor refuses once; there is one task of each at most. */
    private final PatientExecutor executor;

    private final SubmissionPublisher<NodeEvent> publisher;
    private final LongAdder dropped = new LongAdder();

    EventBus(Callbacks callbacks) {
        this.callbacks = callbacks;
        this.executor = new PatientExecutor(callbacks);
        this.publisher = new SubmissionPublisher<>(
                executor,
                CAPACITY,
                (subscriber, failure) -> LOG.error("a subscriber of events failed and hears no more", failure));
    }

    /**
     * Tells everybody.
     *
     * @param event what happened
     */
    void emit(NodeEvent event) {
        if (publisher.isClosed()) {
            return; // the last moments of a node have no audience any more
        }
        executor.retry();
        try {
            publisher.offer(event, (subscriber, lost) -> {
                dropped.increment();
                return false;
            });
        } catch (IllegalStateException ended) {
            dropped.increment(); // the node closed meanwhile
        }
    }

    @Override
    public void subscribe(Flow.Subscriber<? super NodeEvent> subscriber) {
        publisher.subscribe(subscriber);
    }

    /**
     * Calls back for each event, for as long as the node lives.
     *
     * @param listener what it throws is logged and counted
     */
    void listen(Consumer<? super NodeEvent> listener) {
        var unused = publisher.consume(event -> callbacks.call("an event listener", () -> listener.accept(event)));
    }

    /** Events that did not fit the queue of a subscriber. */
    long dropped() {
        return dropped.sum();
    }

    /** Completes every subscriber after what is still queued for it, if the executor takes that. Does not wait. */
    @Override
    public void close() {
        executor.retry();
        publisher.close();
    }

    /** Whether somebody has not heard everything, because the executor refuses. */
    boolean owes() {
        return executor.hasWaiting();
    }

    /** Tells it on this thread, for as long as that takes: the loop that would try again has ended. */
    void finish() {
        executor.runWaiting();
    }
}
