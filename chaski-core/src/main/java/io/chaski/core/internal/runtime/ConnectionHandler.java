package io.chaski.core.internal.runtime;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.FrameSink;

/** Hears what a connection brings. All methods run on the loop. */
public interface ConnectionHandler extends FrameSink {

    /** Bytes came that end within a frame: the other end lives, however long the rest takes. Once for each read. */
    void onBytes();

    /**
     * The other end of an accepted connection has proved who it is, see {@link Connection#identity()}. Once, before
     * anything else comes; never where nodes have no identities. Who dials knows it from the beginning.
     */
    default void onSecured() {}

    /**
     * What the other end proved does not count any more. Nothing more is read; the connection waits to be closed.
     *
     * @param reason UNTRUSTED or EXPIRED
     */
    default void onDistrusted(CloseReason reason) {}

    /**
     * What came is not a frame of this protocol. Nothing more is read; the connection waits to be closed.
     *
     * @param reason which rule was broken
     * @param detail a short sentence without text of the peer
     */
    void onUndecodable(CloseReason reason, String detail);

    /**
     * The queue of unsent bytes passed the high or the low water mark.
     *
     * @param writable false above the high one, true again below the low one
     */
    void onWritability(boolean writable);

    /**
     * The connection is gone. The last call.
     *
     * @param reason RESET, END_OF_STREAM, SLOW_CONSUMER or INTERNAL; before it was secured also TLS or UNTRUSTED
     */
    void onClosed(CloseReason reason);
}
