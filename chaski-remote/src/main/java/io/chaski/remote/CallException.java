package io.chaski.remote;

import io.chaski.core.ChaskiException;
import io.chaski.core.NodeId;
import java.io.Serial;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A remote call failed. The leaf says why and {@link #execution()} what is known of its effects. Texts of the other side are
 * bounded, without control characters, and nothing but texts: no class and no stack trace comes from the wire.
 */
public abstract sealed class CallException extends ChaskiException
        permits BadAnswerException,
                BadArgumentsException,
                CallDeniedException,
                CallTimeoutException,
                ItemsIdleException,
                NoProviderException,
                PeerBusyException,
                PeerLostException,
                RemoteCallException,
                SignatureMismatchException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What is known of the effects of a call. */
    public enum Execution {
        /** The implementation was not called. */
        NOT_EXECUTED,
        /** The implementation was called and has returned or thrown. */
        EXECUTED,
        /** The implementation may have been called, and may still be running. */
        UNKNOWN
    }

    private final transient @Nullable NodeId peer;
    private final Execution execution;

    /**
     * For the leaves.
     *
     * @param reason stable code in capitals
     * @param message a sentence for people
     * @param peer who was called, null if nobody
     * @param execution what is known
     */
    CallException(String reason, String message, @Nullable NodeId peer, Execution execution) {
        super(reason, peer == null ? message : message + " [" + peer.shortForm() + "]", null);
        this.peer = peer;
        this.execution = Objects.requireNonNull(execution, "execution");
    }

    /** Who was called; empty if nobody was. */
    public final Optional<NodeId> peer() {
        return Optional.ofNullable(peer);
    }

    /** What is known of the effects. */
    public final Execution execution() {
        return execution;
    }
}
