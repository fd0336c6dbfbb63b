package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The arguments could not be encoded, or the other side could not decode them: the method was not executed. */
public final class BadArgumentsException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Arguments of no use.
     *
     * @param peer who was called, null if nobody yet
     * @param detail a short sentence
     */
    public BadArgumentsException(@Nullable NodeId peer, String detail) {
        super("BAD_ARGUMENTS", detail, peer, Execution.NOT_EXECUTED);
    }
}
