package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;

/** This node may not call the service: the method was not executed. */
public final class CallDeniedException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A call that is not allowed.
     *
     * @param peer who was called
     * @param detail a short sentence
     */
    public CallDeniedException(NodeId peer, String detail) {
        super("DENIED", detail, peer, Execution.NOT_EXECUTED);
    }

    /**
     * For a {@link ServerInterceptor} that refuses a call before it goes on. Thrown afterwards, or by an implementation, it is an
     * exception like any other, because nobody can say then that nothing was executed.
     *
     * @param detail a short sentence for the caller
     */
    public CallDeniedException(String detail) {
        super("DENIED", detail, null, Execution.NOT_EXECUTED);
    }
}
