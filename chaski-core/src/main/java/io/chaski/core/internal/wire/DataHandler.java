package io.chaski.core.internal.wire;

/** Takes DATA frames field by field: a frame costs no object, and a message only if it is new. */
public interface DataHandler {

    /**
     * One message of one source.
     *
     * @param source alias of the source, as the sending side numbered it with {@link EdgeFrame.InternSource}
     * @param seq number of the message within its source, from 1
     * @param hop number of edges crossed, this one included: 1 on the first edge
     * @param hopLimit largest hop at which the message may still be delivered, 1 to 255
     * @param flags bits of {@link FrameType}, reserved bits are 0
     * @param body envelope and payload, opaque to whoever forwards it; on loan for the duration of the call
     */
    void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body);
}
