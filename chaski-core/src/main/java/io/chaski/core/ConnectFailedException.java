package io.chaski.core;

import io.chaski.core.NodeEvent.DialFailure;
import java.io.Serial;

/** No edge came to be: nobody answered at the address, or who answered was refused. Nothing was sent to anybody. */
public final class ConnectFailedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Address address;
    private final DialFailure failure;

    /**
     * A dial that failed.
     *
     * @param address where to
     * @param failure why
     */
    public ConnectFailedException(Address address, DialFailure failure) {
        super("CONNECT_FAILED", "no edge to " + address + ": " + failure, null);
        this.address = address;
        this.failure = failure;
    }

    /** Where to. */
    public Address address() {
        return address;
    }

    /** Why. */
    public DialFailure failure() {
        return failure;
    }
}
