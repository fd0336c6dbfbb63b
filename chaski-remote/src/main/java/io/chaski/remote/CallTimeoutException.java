package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No answer before the deadline. The method may have been executed and may still be running: repeat the call only if that does
 * no harm. An answer that comes later is discarded.
 */
public final class CallTimeoutException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Duration limit;

    /**
     * A call that took too long.
     *
     * @param peer who was called, null if nobody yet
     * @param method what was called
     * @param limit how long was waited
     * @param execution {@code NOT_EXECUTED} if the time was over before anything was sent, {@code UNKNOWN} otherwise
     */
    public CallTimeoutException(@Nullable NodeId peer, String method, Duration limit, Execution execution) {
        super("TIMEOUT", "no answer of " + method + " within " + limit.toMillis() + " ms", peer, execution);
        this.limit = limit;
    }

    /** How long was waited. */
    public Duration limit() {
        return limit;
    }
}
