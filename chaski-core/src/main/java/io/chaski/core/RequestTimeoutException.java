package io.chaski.core;

import java.io.Serial;
import java.time.Duration;

/**
 * No answer in time, or a condition did not come true in time. A peer may still have done the work: repeat a request
 * only if it is idempotent.
 */
public final class RequestTimeoutException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Duration limit;

    /**
     * A wait that was given up.
     *
     * @param what what was waited for, such as "a neighbour in topic t"
     * @param limit how long
     */
    public RequestTimeoutException(String what, Duration limit) {
        super("REQUEST_TIMEOUT", "waited " + limit + " in vain: " + what, null);
        this.limit = limit;
    }

    /** How long was waited. */
    public Duration limit() {
        return limit;
    }
}
