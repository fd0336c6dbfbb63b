package io.chaski.remote.internal.call;

import io.chaski.core.stream.NodeStreams;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.internal.context.CallScope;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.IdleInput;
import io.chaski.remote.internal.wire.PeerSlots;
import java.util.random.RandomGenerator;

/** What all calls share that one node makes. Thread-safe. */
public final class Calling {

    private final NodeStreams streams;
    private final RemoteOptions options;
    private final Budget budget;
    private final CallThreads threads;
    private final RandomGenerator random;
    private final PeerSlots slots;
    private final Descriptions descriptions;
    private final IdleInput idle;
    private final CallScope all = new CallScope();
    private volatile boolean isClosed;

    /**
     * Calls of one node.
     *
     * @param streams of the node
     * @param options limits, interceptors and what holds for calls
     * @param budget what all bodies of the node may take
     * @param threads where results are decoded
     * @param random call ids are drawn from it, so it must not be predictable, and be thread-safe
     */
    public Calling(
            NodeStreams streams, RemoteOptions options, Budget budget, CallThreads threads, RandomGenerator random) {
        this.streams = streams;
        this.options = options;
        this.budget = budget;
        this.threads = threads;
        this.random = random;
        this.slots = new PeerSlots(options.maxPendingPerPeer());
        this.descriptions = new Descriptions(streams);
        this.idle = new IdleInput(IdleInput.LIMIT, threads::tryExecute);
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

    RandomGenerator random() {
        return random;
    }

    PeerSlots slots() {
        return slots;
    }

    Descriptions descriptions() {
        return descriptions;
    }

    /** Watches items that are on their way. */
    IdleInput idle() {
        return idle;
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
    }
}
