package io.chaski.remote.internal.flow;

import java.io.Serial;

/** An item of an application cannot be sent: it does not fit its declared type, or is too large. */
public final class UnsendableItemException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * An item that cannot be sent.
     *
     * @param what a short sentence
     */
    UnsendableItemException(String what) {
        super(what);
    }
}
