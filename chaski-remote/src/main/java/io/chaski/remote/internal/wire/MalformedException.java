package io.chaski.remote.internal.wire;

import java.io.Serial;

/** The other side sent bytes that are no part of a call. The message names what, never values. */
public final class MalformedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String what;

    /**
     * Bytes that are no part of a call.
     *
     * @param what what is wrong with them
     */
    public MalformedException(String what) {
        super(what);
        this.what = what;
    }

    /** The message, which is never missing. */
    public String what() {
        return what;
    }
}
