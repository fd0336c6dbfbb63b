package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;

/** The interface here and the one that is served do not fit. No argument was sent; the method was not executed. */
public final class SignatureMismatchException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String wanted;
    private final String served;

    /**
     * Two interfaces that do not fit.
     *
     * @param peer who was called
     * @param service name of the service
     * @param wanted the methods of the interface here that the other side lacks
     * @param served the methods that it has
     */
    public SignatureMismatchException(NodeId peer, String service, String wanted, String served) {
        super(
                "SIGNATURE_MISMATCH",
                service + " is called with [" + wanted + "] and serves [" + served + "]",
                peer,
                Execution.NOT_EXECUTED);
        this.wanted = wanted;
        this.served = served;
    }

    /** The methods of the interface here that the other side lacks, as text. */
    public String wanted() {
        return wanted;
    }

    /** The methods that the other side has, as text. */
    public String served() {
        return served;
    }
}
