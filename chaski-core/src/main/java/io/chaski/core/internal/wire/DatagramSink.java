package io.chaski.core.internal.wire;

/** Takes what a {@link DatagramCodec} has read. */
public interface DatagramSink {

    /**
     * A datagram.
     *
     * @param datagram well-formed, from whoever can send packets
     */
    void onDatagram(Datagram datagram);

    /**
     * A packet that is none of ours. It is dropped without an answer.
     *
     * @param why for the counter
     */
    void onRejected(Rejection why);

    /** Why a packet was dropped. */
    enum Rejection {
        /** Shorter than a header or longer than {@value Datagram#MAX_BYTES} bytes. */
        SIZE,
        /** Does not begin with our magic byte: something else uses the port. */
        MAGIC,
        /** Another version of the protocol. */
        VERSION,
        /** Of a type we do not know. */
        TYPE,
        /** A question that is not padded: its answer could be larger. */
        UNPADDED,
        /** The fields are not those of its type. */
        MALFORMED
    }
}
