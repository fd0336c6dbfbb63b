package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The arguments could not be encoded, or the other side could not decode them: the method was not executed. Or an item of a stream
 * could not, and then the method may have been executed.
 */
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
        this(peer, detail, Execution.NOT_EXECUTED);
    }

    /**
     * Arguments, or an item, of no use.
     *
     * @param peer whose fault it is, null if nobody else's
     * @param detail a short sentence
     * @param execution {@code UNKNOWN} if it was an item
     */
    public BadArgumentsException(@Nullable NodeId peer, String detail, Execution execution) {
        super("BAD_ARGUMENTS", detail, peer, execution);
    }
}
