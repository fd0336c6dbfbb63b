package io.chaski.remote;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Not as many providers as were wanted have given the same answer, and those that have not answered yet are too few. The method may have
 * been executed by all of them.
 */
public final class NoQuorumException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int wanted;
    private final int agreed;
    private final int values;
    private final int failures;

    /**
     * No agreement.
     *
     * @param method what was called
     * @param wanted how many were to agree
     * @param agreed how many did at most
     * @param values how many have answered with a value
     * @param failures how many have failed
     * @param providers how many were called
     * @param cause the first failure, if there was one
     */
    public NoQuorumException(
            String method, int wanted, int agreed, int values, int failures, int providers, @Nullable Throwable cause) {
        super(
                "NO_QUORUM",
                method + ": " + wanted + " equal answers were wanted, and of " + providers + " providers " + values
                        + " have answered, " + agreed + " of them the same, and " + failures + " have failed",
                cause);
        this.wanted = wanted;
        this.agreed = agreed;
        this.values = values;
        this.failures = failures;
    }

    /** How many were to agree. */
    public int wanted() {
        return wanted;
    }

    /** How many agreed at most. */
    public int agreed() {
        return agreed;
    }

    /** How many had answered with a value. */
    public int values() {
        return values;
    }

    /** How many had failed. */
    public int failures() {
        return failures;
    }
}
