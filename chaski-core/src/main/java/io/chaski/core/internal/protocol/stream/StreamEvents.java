package io.chaski.core.internal.protocol.stream;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.stream.StreamCode;

/**
 * Hears what happens to one stream. Called on the event loop; may use the stream. After {@link #onReset} or
 * {@link #onClosed}, of which exactly one is called exactly once, nothing follows.
 */
public interface StreamEvents {

    /**
     * A whole message; it counts against the window until {@link ProtocolStream#consumed} gives it back.
     *
     * @param message may be kept
     */
    void onMessage(ArrayPayload message);

    /** The peer sends no more. */
    void onEnd();

    /**
     * A message, or a part of one, left the outbound buffer: as much room is free again.
     *
     * @param bytes 1 or more; over the whole message its {@link ProtocolStream#costOf cost}
     */
    void onSent(int bytes);

    /** Both directions have ended in good order. */
    void onClosed();

    /**
     * The stream ended early, by either side, or with its edge.
     *
     * @param code why
     * @param reason a short sentence, perhaps from the peer
     */
    void onReset(StreamCode code, String reason);
}
