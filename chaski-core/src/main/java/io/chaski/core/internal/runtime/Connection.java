package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.DataHandler;
import io.chaski.core.internal.wire.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A connection to another node: frames in order, until it is down. Frames are collected and leave with
 * {@link #flush()}, so that many of them cost one system call. No method but {@link #flush()} calls its handler before it
 * returns. Confined to the loop.
 */
public interface Connection {

    /** The other end. Who accepts on a UNIX socket or in-process sees the address it listens on. */
    Address remote();

    /** This end; null for connections that give it no address, UNIX sockets and in-process ones. */
    @Nullable
    Address local();

    /**
     * Who is at the other end. Null where nodes have no identities, and until the other end has proved it; then nothing
     * was read yet.
     */
    default @Nullable LinkIdentity identity() {
        return null;
    }

    /**
     * Queues a frame. Beyond {@link TransportLimits#maxPendingBytes()} the connection fails with SLOW_CONSUMER.
     *
     * @param frame anything but a message
     */
    void send(Frame frame);

    /** Queues a message; the parameters are those of {@link DataHandler#onData}. The body is copied. */
    void sendData(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body);

    /**
     * Whether it takes more, as of now: false as soon as more than {@link TransportLimits#highWaterMark()} is pending,
     * and until less than {@link TransportLimits#lowWaterMark()} is. Of large messages that leave in parts, as much as the
     * largest frame takes does not count. The handler hears of both, later.
     */
    boolean isWritable();

    /** Sends what is queued. */
    void flush();

    /**
     * Sends what is queued and closes, at most {@link TransportLimits#closeTimeoutNanos()} later. The handler hears
     * nothing more.
     */
    void close();
}
