package io.chaski.core;

import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The world did not do what was asked: the root of all exceptions that are nobody's programming error. Each leaf says
 * in its Javadoc what the caller now knows.
 */
public abstract class ChaskiException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * For the leaves.
     *
     * @param reason stable code in capitals, for programs; never changes its meaning
     * @param message a sentence for people
     * @param cause what led to it, if another exception did
     */
    protected ChaskiException(String reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** Stable code in capitals, such as {@code REQUEST_TIMEOUT}: what a program decides on. */
    public final String reason() {
        return reason;
    }
}
