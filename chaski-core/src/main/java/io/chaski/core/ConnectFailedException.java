package io.chaski.core;

import io.chaski.core.NodeEvent.DialFailure;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** No edge came to be: nobody answered at the address, or one side refused the other. No message was sent. */
public final class ConnectFailedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Address address;
    private final DialFailure failure;
    private final @Nullable CloseReason refusal;

    /**
     * A dial that failed.
     *
     * @param address where to
     * @param failure why
     */
    public ConnectFailedException(Address address, DialFailure failure) {
        this(address, failure, null);
    }

    /**
     * A dial that failed, or a handshake that was refused.
     *
     * @param address where to
     * @param failure why
     * @param refusal with {@link DialFailure#HANDSHAKE}, why the handshake came to nothing; null if that is not known
     */
    public ConnectFailedException(Address address, DialFailure failure, @Nullable CloseReason refusal) {
        super("CONNECT_FAILED", "no edge to " + address + ": " + (refusal == null ? failure : refusal), null);
        this.address = address;
        this.failure = failure;
        this.refusal = refusal;
    }

    /** Where to. */
    public Address address() {
        return address;
    }

    /** Why. */
    public DialFailure failure() {
        return failure;
    }

    /**
     * With {@link DialFailure#HANDSHAKE}, why the handshake came to nothing: {@link CloseReason#CLUSTER},
     * {@link CloseReason#VERSION}, {@link CloseReason#SELF} and so on. Empty with any other failure.
     */
    public Optional<CloseReason> refusal() {
        return Optional.ofNullable(refusal);
    }
}
