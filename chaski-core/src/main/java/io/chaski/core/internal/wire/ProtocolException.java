package io.chaski.core.internal.wire;

import io.chaski.core.CloseReason;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The peer broke the protocol. The edge is closed with the reason; the node lives on. Carries no stack trace: it says
 * what the peer did, not where we noticed, and a peer must not be able to make us work.
 */
public final class ProtocolException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;

    /**
     * A broken rule.
     *
     * @param reason what the edge is closed with
     * @param detail a short sentence for the log in our own words: it never contains text of the peer
     */
    public ProtocolException(CloseReason reason, String detail) {
        this(reason, detail, null);
    }

    ProtocolException(CloseReason reason, String detail, @Nullable Throwable cause) {
        super(detail, cause, false, false);
        this.reason = reason;
    }

    static ProtocolException malformed(String detail) {
        return new ProtocolException(CloseReason.MALFORMED, detail);
    }

    /** What the edge is closed with. */
    public CloseReason reason() {
        return reason;
    }

    /** A short sentence for the log and the last frame. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
