package io.chaski.remote.internal.context;

import io.chaski.core.NodeId;
import io.chaski.remote.CallEvent;
import io.chaski.remote.CallEvent.Side;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the calls of one remote, and tells of them if somebody listens. Thread-safe. */
public final class CallEvents implements AutoCloseable {

    /** Some seconds of a busy node; a listener that is further behind misses events. */
    static final int MAX_UNHEARD = 8_192;

    private final Map<Side, Counts> bySide = new EnumMap<>(Side.class);
    private final SubmissionPublisher<CallEvent> publisher;
    private final LongAdder dropped = new LongAdder();

    /** Spares those who never listen the lock of the publisher. */
    private volatile boolean wasHeard;

    private static final class Counts {
        /** Outcomes are of a fixed set. */
        private final Map<String, LongAdder> ended = new ConcurrentHashMap<>();

        private final LongAdder underWay = new LongAdder();
    }

    /**
     * Nothing yet.
     *
     * @param executor where listeners are called
     */
    public CallEvents(Executor executor) {
        this.publisher = new SubmissionPublisher<>(executor, MAX_UNHEARD);
        for (Side side : Side.values()) {
            bySide.put(side, new Counts());
        }
    }

    /** What happens from now on. */
    public Flow.Publisher<CallEvent> publisher() {
        return subscriber -> {
            wasHeard = true;
            publisher.subscribe(subscriber);
        };
    }

    /**
     * A call begins.
     *
     * @param side whose
     * @param service name of the service
     * @param method remote name of the method
     * @param peer the other node, null if it is not chosen yet
     * @return to be ended
     */
    public Call begin(Side side, String service, String method, @Nullable NodeId peer) {
        counts(side).underWay.increment();
        if (isHeard()) {
            offer(new CallEvent.Started(side, service, method, Optional.ofNullable(peer)));
        }
        return new Call(side, service, method);
    }

    /** A call that is under way. */
    public final class Call {
        private final Side side;
        private final String service;
        private final String method;
        private final long beginNanos = System.nanoTime();
        private final AtomicBoolean isEnded = new AtomicBoolean();

        private Call(Side side, String service, String method) {
            this.side = side;
            this.service = service;
            this.method = method;
        }

        /**
         * It ends. Does nothing the second time.
         *
         * @param peer the other node, null if there was none
         * @param outcome of a fixed set
         */
        public void end(@Nullable NodeId peer, String outcome) {
            if (!isEnded.compareAndSet(false, true)) {
                return;
            }
            Counts counts = counts(side);
            counts.underWay.decrement();
            counts.ended.computeIfAbsent(outcome, first -> new LongAdder()).increment();
            if (isHeard()) {
                Duration duration = Duration.ofNanos(System.nanoTime() - beginNanos);
                offer(new CallEvent.Ended(side, service, method, Optional.ofNullable(peer), duration, outcome));
            }
        }
    }

    private Counts counts(Side side) {
        Counts counts = bySide.get(side);
        if (counts == null) {
            throw new IllegalStateException("no counts of " + side);
        }
        return counts;
    }

    private boolean isHeard() {
        return wasHeard && !publisher.isClosed() && publisher.hasSubscribers();
    }

    private void offer(CallEvent event) {
        try {
            publisher.offer(event, (slow, missed) -> {
                dropped.increment();
                return false;
            });
        } catch (IllegalStateException closed) {
            dropped.increment(); // the remote closes at this moment
        }
    }

    /**
     * How calls have ended, by outcome.
     *
     * @param side whose
     */
    public Map<String, Long> ended(Side side) {
        Map<String, Long> sums = new TreeMap<>();
        counts(side).ended.forEach((outcome, count) -> sums.put(outcome, count.sum()));
        return sums;
    }

    /**
     * How many calls are under way.
     *
     * @param side whose
     */
    public int underWay(Side side) {
        return counts(side).underWay.intValue();
    }

    /** Events that slow listeners did not get. */
    public long dropped() {
        return dropped.sum();
    }

    /** Tells the listeners that nothing follows. */
    @Override
    public void close() {
        publisher.close();
    }
}
