package io.chaski.remote.internal.wire;

import java.io.Serial;

/** A body, or all bodies that are under way, would take more memory than they may. */
public final class BudgetExceededException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String what;

    /**
     * Too much.
     *
     * @param what of what
     */
    public BudgetExceededException(String what) {
        super(what);
        this.what = what;
    }

    /** The message, which is never missing. */
    public String what() {
        return what;
    }
}
