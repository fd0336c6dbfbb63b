package io.chaski.core.internal.wire;

/** Bounds of the wire format, each with its reason. Both sides of the codec refuse what exceeds them. */
public final class WireLimits {

    /** Frames of strangers: room for the largest HELLO (3.6 KiB), and nothing worth attacking with. */
    public static final int MAX_FRAME_BEFORE_EDGE = 4 << 10;

    /** Default bound of a frame. Larger payloads travel in pieces, so that none of them delays a ping. */
    public static final int DEFAULT_MAX_FRAME = 1 << 20;

    /**
     * Smallest value to which the bound of a frame can be set: every frame that carries no payload fits, so no sender
     * has to ask what a receiver takes before it speaks.
     */
    public static final int MIN_MAX_FRAME = 128 << 10;

    /** Largest value to which the bound of a frame can be set: one payload of the largest size that is allowed. */
    public static final int MAX_FRAME_CAP = 16 << 20;

    /** Bytes of the length field in front of each frame; the length counts what follows it. */
    public static final int LENGTH_BYTES = 4;

    /** Largest number of bytes in front of the body of a DATA frame, the length field included. */
    public static final int MAX_DATA_HEADER_BYTES = LENGTH_BYTES + 1 + 3 + 5 + 9;

    /** Labels and cluster names are for people; a line of a table has room for this much. */
    public static final int MAX_LABEL_BYTES = 128;

    /**
     * Topic names have at most 255 bytes. The codec lets longer ones pass, up to this bound, so that the receiver can
     * refuse the one name and keep the edge.
     */
    public static final int MAX_TOPIC_BYTES = 1_024;

    /** Topics of one node. A peer that subscribes to more is refused the rest. */
    public static final int MAX_TOPICS = 10_000;

    /** A stream protocol's name or a message's key: one byte would hold the length. */
    public static final int MAX_NAME_BYTES = 255;

    /** A sentence for the log of the other side. */
    public static final int MAX_DETAIL_BYTES = 256;

    /** A reason that an application reads. */
    public static final int MAX_REASON_BYTES = 1_024;

    /** {@link io.chaski.core.Address#MAX_HOST_LENGTH} characters at up to three bytes each. */
    public static final int MAX_HOST_BYTES = 759;

    /** Headers are for a few small facts; what is bigger belongs into the payload. */
    public static final int MAX_HEADERS = 32;

    /** All keys and values together. */
    public static final int MAX_HEADER_BYTES = 4 << 10;

    /** Both lists of one TOPICS frame fit into the smallest bound of a frame; more changes are sent in parts. */
    public static final int MAX_TOPIC_CHANGES = 8_000;

    /** Three certificates of 8 KiB together, as on a connection, and their lengths. */
    public static final int MAX_CHAIN_BYTES = (8 << 10) + 1 + 3 * 2;
    /** What a DATAGRAM_KEY brings: 32 bytes of a key for AES-256, and 12 that are mixed into each nonce. */
    public static final int DATAGRAM_SECRET_BYTES = 32 + 12;

    private WireLimits() {}
}
