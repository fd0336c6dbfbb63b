package io.chaski.remote.internal.call;

import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.core.stream.NodeStreams;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallScope;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.context.Deadlines;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.serve.CallRights;
import io.chaski.remote.internal.serve.Callbacks;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.PeerSlots;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What all calls share that one node makes. Thread-safe. */
public final class Calling {

    /** As many as may be under way with all peers together. */
    static final int MAX_DELAYED = 16_384;

    private final NodeStreams streams;
    private final RemoteOptions options;
    private final Budget budget;
    private final CallThreads threads;
    private final CallEvents events;
    private final Consumer<NodeId> beforeCall;
    private final RandomGenerator random;
    private final Callbacks callbacks;
    private final CallRights rights;
    private final PeerSlots slots;
    private final Descriptions descriptions;
    private final IdleInput idle;
    private final CallScope all = new CallScope();
    private final Deadlines deadlines;

    /** The first half of the id of each call is drawn once, the other one is counted: chance that nobody can predict takes long. */
    private final long idsHigh;

    private final AtomicLong idsLow;

    /** As many as calls are under way; each holds its arguments. */
    private final Semaphore delays = new Semaphore(MAX_DELAYED);

    private volatile boolean isClosed;

    /**
     * Calls of one node.
     *
     * @param streams of the node, whose futures complete on the event loop
     * @param edges the connection to a node, if there is one
     * @param options limits, interceptors and what holds for calls
     * @param budget what all bodies of the node may take
     * @param threads where results are decoded
     * @param events hears of each call
     * @param beforeCall hears whom a stream is about to be opened to, and may help to find it; does not wait
     * @param random names of callbacks are drawn from it, so it must not be predictable, and be thread-safe
     * @param callbacks serves what calls pass to be called back
     * @param rights what policies say of calls
     */
    public Calling(
            NodeStreams streams,
            Function<NodeId, Optional<Edge>> edges,
            RemoteOptions options,
            Budget budget,
            CallThreads threads,
            CallEvents events,
            Consumer<NodeId> beforeCall,
            RandomGenerator random,
            Callbacks callbacks,
            CallRights rights) {
        this.rights = rights;
        this.streams = streams;
        this.options = options;
        this.budget = budget;
        this.threads = threads;
        this.events = events;
        this.beforeCall = beforeCall;
        this.random = random;
        this.callbacks = callbacks;
        this.slots = new PeerSlots(options.maxPendingPerPeer());
        this.descriptions = new Descriptions(streams, edges, threads.own(), System::nanoTime);
        this.idle = new IdleInput(IdleInput.LIMIT, threads.own());
        this.deadlines = new Deadlines(threads.own());
        this.idsHigh = random.nextLong();
        this.idsLow = new AtomicLong(random.nextLong());
    }

    NodeStreams streams() {
        return streams;
    }

    RemoteOptions options() {
        return options;
    }

    Budget budget() {
        return budget;
    }

    CallThreads threads() {
        return threads;
    }

    Consumer<NodeId> beforeCall() {
        return beforeCall;
    }

    CallEvents events() {
        return events;
    }

    /** An id that no other call of this node has, nor of one that had its name before. */
    CallId newId() {
        return new CallId(idsHigh, idsLow.getAndIncrement());
    }

    /** Where ids of what calls lead to are drawn from. */
    public RandomGenerator ids() {
        return random;
    }

    RandomGenerator random() {
        return random;
    }

    Callbacks callbacks() {
        return callbacks;
    }

    CallRights rights() {
        return rights;
    }

    PeerSlots slots() {
        return slots;
    }

    Descriptions descriptions() {
        return descriptions;
    }

    /** Calls that may wait for their beginning. */
    Semaphore delays() {
        return delays;
    }

    /** Watches items that are on their way. */
    IdleInput idle() {
        return idle;
    }

    /** When calls that are under way must be over. */
    Deadlines deadlines() {
        return deadlines;
    }

    /** Every call that is under way. */
    CallScope all() {
        return all;
    }

    /** Throws if the remote has been closed. */
    public void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("the remote is closed");
        }
    }

    /** Cancels what is under way, and whatever gets past {@link #requireOpen} meanwhile. */
    public void close() {
        isClosed = true;
        all.cancel();
        deadlines.close();
    }
}
