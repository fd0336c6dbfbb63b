package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;

/**
 * The way from the logs of one topic to the application, what it has come to, and what all logs hold back together.
 * Confined to the node's event loop.
 */
final class Delivery {

    /** What a message that is held back takes besides its body: two objects and a place in three arrays, rounded up. */
    static final int HELD_OVERHEAD_BYTES = 64;

    /** Above every hop. */
    private static final int PROVED = 1 << 8;

    /** What the application takes. */
    interface Appetite {
        /** Whether a message would find room. */
        boolean hasRoom();

        /** Whether a subscription waits for its consumer, and must not miss anything. */
        boolean waits();
    }

    /** Of an application that takes everything. */
    static final Appetite TAKES_ALL = new Appetite() {
        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public boolean waits() {
            return false;
        }
    };

    final ProtocolContext context;
    final TreeSettings settings;
    private final Appetite appetite;
    private long delivered;
    private long missing;
    private long heldBytes;

    Delivery(ProtocolContext context, TreeSettings settings, Appetite appetite) {
        this.appetite = appetite;
        this.context = context;
        this.settings = settings;
    }

    /**
     * How a message has arrived, as one number that is kept while it is held back.
     *
     * @param hop edges crossed
     * @param isProved whether it is known to be its publisher's own
     */
    static int arrival(int hop, boolean isProved) {
        return isProved ? hop | PROVED : hop;
    }

    /** Delivers a message; {@code arrival} is what {@link #arrival} has made. */
    void deliver(Source source, long seq, int arrival, ArrayPayload body) {
        delivered++;
        context.outbox().deliver(source, seq, arrival & ~PROVED, (arrival & PROVED) != 0, body);
    }

    void gap(Source source, long from, long to) {
        missing += to - from + 1;
        context.outbox().gap(source, from, to);
    }

    /** Whether nothing is asked for because there is no room: then nothing is given up either. */
    boolean isPaused() {
        return !appetite.hasRoom();
    }

    /** How long a gap may stand that somebody can repair. */
    long repairLimitNanos() {
        return appetite.waits() ? settings.cache().ageNanos() : settings.order().repairLimitNanos();
    }

    /** How long a gap may stand that nobody is known to be able to repair: somebody's digest may still tell of it. */
    long waitNanos() {
        return appetite.waits()
                ? settings.order().repairLimitNanos()
                : settings.order().waitNanos();
    }

    /** How much one source may hold back: as much as all of them if it is all that must not be missed. */
    long heldBytesOfSource() {
        return appetite.waits() ? settings.heldBytesOfTopic() : settings.heldBytes();
    }

    void onHeld(ArrayPayload body) {
        heldBytes += body.size();
        context.memory().held().take(body.size() + HELD_OVERHEAD_BYTES);
    }

    void onReleased(ArrayPayload body) {
        heldBytes -= body.size();
        context.memory().held().giveBack(body.size() + HELD_OVERHEAD_BYTES);
    }

    /** Whether the logs of this topic, or those of all topics, hold back more than they may together. */
    boolean isOverfull() {
        return heldBytes > settings.heldBytesOfTopic()
                || context.memory().held().isExceeded();
    }

    /** A gap is given up because of that. */
    void onOverfull() {
        if (context.memory().held().isExceeded()) {
            context.memory().held().onGivenUp();
        }
    }

    long delivered() {
        return delivered;
    }

    /** Messages reported as gaps. */
    long missing() {
        return missing;
    }

    long heldBytes() {
        return heldBytes;
    }
}
