package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The method was executed, and its answer is of no use: it cannot be encoded or decoded, or is too large. */
public final class BadAnswerException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * An answer that is of no use.
     *
     * @param peer who was called, null if that is not known any more
     * @param detail a short sentence
     */
    public BadAnswerException(@Nullable NodeId peer, String detail) {
        super("BAD_ANSWER", detail, peer, Execution.EXECUTED);
    }
}
