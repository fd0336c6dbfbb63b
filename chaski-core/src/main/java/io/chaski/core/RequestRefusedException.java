package io.chaski.core;

import java.io.Serial;

/**
 * This node did not even try, because the request exceeds a limit of its own or one that the peer has named. Nothing was
 * sent. The message names the limit.
 */
public final class RequestRefusedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A request that was not made.
     *
     * @param what what was refused, and by which limit
     */
    public RequestRefusedException(String what) {
        super("REQUEST_REFUSED", "refused: " + what, null);
    }
}
