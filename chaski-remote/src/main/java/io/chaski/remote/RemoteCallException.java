package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The implementation threw something that its interface does not declare, or that cannot be made here. Its type and its
 * message are texts of the other side.
 */
public final class RemoteCallException extends CallException {

    /** Longest message of the other side, in bytes of UTF-8; longer ones are cut. */
    public static final int MAX_MESSAGE_BYTES = 1_024;

    @Serial
    private static final long serialVersionUID = 1L;

    private final String remoteType;
    private final String remoteMessage;

    /**
     * Something that was thrown at the other side.
     *
     * @param peer who was called, null if that is not known any more
     * @param remoteType name of its type
     * @param remoteMessage its message, empty if it had none
     */
    public RemoteCallException(@Nullable NodeId peer, String remoteType, String remoteMessage) {
        super(
                "REMOTE_ERROR",
                remoteMessage.isEmpty() ? remoteType : remoteType + ": " + remoteMessage,
                peer,
                Execution.EXECUTED);
        this.remoteType = remoteType;
        this.remoteMessage = remoteMessage;
    }

    /** Name of the type at the other side, as text. */
    public String remoteType() {
        return remoteType;
    }

    /** Message of the other side, at most {@value #MAX_MESSAGE_BYTES} bytes; empty if there was none. */
    public String remoteMessage() {
        return remoteMessage;
    }
}
