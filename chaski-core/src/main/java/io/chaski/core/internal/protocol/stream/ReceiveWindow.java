package io.chaski.core.internal.protocol.stream;

import io.chaski.core.internal.wire.StreamFrame.Credit;

/**
 * What the peer may send on one stream before more is granted. Half of it is granted at a time, and when that half comes back
 * within two round trips of the edge, the sender has been waiting for the grant or soon will be: the window doubles. This is
 * the rule of Fisk and Feng, "Dynamic Right-Sizing in TCP" (2001), in the form that implementations of QUIC have given it. A
 * window so grows to about the largest burst that is taken at once, and stays as it is where everything is taken slowly.
 *
 * <p>What it has grown by is taken from a memory that all streams of the node share. When there is none left, it does not
 * grow, and is counted once as {@code stream.window-refused}. Confined to the node's event loop.
 */
final class ReceiveWindow {

    /** One for the half that is on its way when a grant leaves, one for the grant and what it allows. */
    private static final int ROUND_TRIPS = 2;

    private final PeerStreams streams;
    private final long stream;
    private int mostBytes;
    private int bytes;
    private int borrowed;
    private long credit;
    private long ungranted;
    private long grantedNanos;
    private boolean isRefused;

    /**
     * A window of the first size, all of which may be sent.
     *
     * @param streams of the edge
     * @param stream its number there
     */
    ReceiveWindow(PeerStreams streams, long stream) {
        this.streams = streams;
        this.stream = stream;
        this.bytes = streams.settings().windowBytes();
        this.mostBytes = bytes;
        this.credit = bytes;
        this.grantedNanos = streams.context().nowNanos();
    }

    /**
     * Lets it grow.
     *
     * @param most bytes that whoever consumes can have waiting
     */
    void growUpTo(int most) {
        mostBytes = Math.max(bytes, most);
    }

    /** What the peer may still send. */
    long credit() {
        return credit;
    }

    /** The peer has sent so much, of what it might. */
    void spend(int cost) {
        assert cost <= credit : cost + " of " + credit;
        credit -= cost;
    }

    /** Gives back what was consumed, as soon as it is worth a frame; returns whether it was. */
    boolean giveBack(long consumed) {
        ungranted += consumed;
        if (ungranted < bytes / 2) {
            return false;
        }
        long nowNanos = streams.context().nowNanos();
        if (nowNanos - grantedNanos < ROUND_TRIPS * streams.peer().rttNanos()) {
            grow();
        }
        grantedNanos = nowNanos;
        long granted = ungranted;
        ungranted = 0;
        credit += granted;
        streams.peer().send(new Credit(stream, granted));
        return true;
    }

    private void grow() {
        int more = Math.min(bytes, mostBytes - bytes);
        if (more == 0) {
            return;
        }
        if (streams.windows().take(more)) {
            bytes += more;
            borrowed += more;
            ungranted += more;
        } else if (!isRefused) {
            isRefused = true;
            streams.context().counters().increment("stream.window-refused");
        }
    }

    /** The stream has ended. */
    void close() {
        streams.windows().giveBack(borrowed);
        borrowed = 0;
        mostBytes = bytes;
    }
}
