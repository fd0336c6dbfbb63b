package io.chaski.core;

import java.io.Serial;

/** The operating system refused what the node needs: a port, a folder, a thread. Nothing is left running. */
public final class StartFailedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A node that could not be started.
     *
     * @param message what was refused
     * @param cause by whom
     */
    public StartFailedException(String message, Throwable cause) {
        super("START_FAILED", message, cause);
    }
}
