package io.chaski.testkit.internal.virtual;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.DataHandler;
import io.chaski.core.internal.wire.Frame;

/** Hears what a connection brings to one of its ends. */
public interface SocketHandler extends DataHandler {

    /**
     * A frame.
     *
     * @param frame anything but a message
     */
    void onFrame(Frame frame);

    /** Bytes of something came that a slow link takes seconds for. */
    void onBytes();

    /**
     * The queue of unsent bytes passed the high or the low water mark.
     *
     * @param writable false above the high one, true again below the low one
     */
    void onWritability(boolean writable);

    /**
     * The connection is gone; the last call.
     *
     * @param reason RESET, END_OF_STREAM or SLOW_CONSUMER
     */
    void onClosed(CloseReason reason);
}
