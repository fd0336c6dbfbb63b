package io.chaski.core;

/**
 * Why an edge ended. Sent as {@link #code()} in the last frame when there is time for one, so codes never change
 * their meaning.
 */
public enum CloseReason {
    /** The other node, or this one, is shutting down in good order. */
    LEAVING(1),
    /** The application closed this edge; it is not dialled again unless its address is configured. */
    REQUESTED(2),
    /** A second connection to the same node existed and won. */
    DUPLICATE(3),
    /** A later incarnation (higher epoch) of the same node took over. */
    SUPERSEDED(4),
    /** Two live nodes present the same id and epoch; the newer was refused. */
    DUPLICATE_ID(5),
    /** A node had dialled itself. */
    SELF(6),
    /** The other node belongs to another cluster. */
    CLUSTER(7),
    /** No protocol version in common. */
    VERSION(8),
    /** The claimed node id does not belong to the certificate, or is not the one that was dialled. */
    IDENTITY(9),
    /** No complete handshake before its deadline. */
    HELLO_TIMEOUT(10),
    /** Something else than HELLO came first. */
    HELLO_EXPECTED(11),
    /** HELLO or HELLO_ACK came twice. */
    HELLO_REPEATED(12),
    /** A frame announced a length of 0, or one above the limit. */
    FRAME_SIZE(13),
    /** A frame could not be decoded. */
    MALFORMED(14),
    /** A frame type that must be understood is unknown. */
    UNSUPPORTED(15),
    /** A frame made no sense in its place. */
    PROTOCOL(16),
    /** More control frames than the limit allows. */
    CONTROL_FLOOD(17),
    /** A table or a count that belongs to this edge reached its limit. */
    LIMIT(18),
    /** Nothing was heard before the lease ran out. */
    SILENT(19),
    /** The peer accepted no byte for too long. */
    SLOW_CONSUMER(20),
    /** Nobody used the edge any more. */
    IDLE(21),
    /**
     * The connection was torn down without a last frame: the machine of the peer, or something between, says that it no
     * longer exists. The peer has crashed, closed with bytes of ours unread, or lives on behind a network that has
     * changed. Some of what was sent last may not have arrived, and some of what it sent last may be lost here.
     */
    RESET(22),
    /**
     * The node has all the connections it may have. It says so at once, or after three seconds in which the newcomer
     * could ask it for other nodes.
     */
    FULL(23),
    /**
     * The peer's side ended the connection in order, but without saying why: its process has ended without closing its
     * node, or something between has closed the connection. Everything it sent before has been read; whether it read
     * what was sent last is unknown.
     */
    END_OF_STREAM(24),
    /** An internal error of this library; a bug worth reporting. */
    INTERNAL(25),
    /** The two nodes differ in their largest frame, which must be the same on all nodes of a cluster. */
    MAX_FRAME(26),
    /**
     * The certificate of the peer is not believed, or not any more: another authority, revoked, denied. Which problem it
     * is, see {@link io.chaski.core.security.CertificateProblem}, is in the log and the counters of the node that refuses,
     * and not told to the peer.
     */
    UNTRUSTED(27),
    /** A certificate reached its end while the connection stood. */
    EXPIRED(28),
    /**
     * No TLS between the two, although this node has an identity: clear text, another version of TLS, another protocol
     * above it, no certificate, or a handshake that did not end in time. Never sent.
     */
    TLS(29);

    private static final CloseReason[] BY_CODE = new CloseReason[30];

    static {
        for (CloseReason reason : values()) {
            BY_CODE[reason.code] = reason;
        }
    }

    private final int code;

    CloseReason(int code) {
        this.code = code;
    }

    /** The number that stands for this reason on the wire, 1 to 255. */
    public int code() {
        return code;
    }

    /**
     * The reason with this code; {@link #PROTOCOL} for a code of a later version.
     *
     * @param code as read from the wire
     */
    public static CloseReason ofCode(int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : PROTOCOL;
    }
}
