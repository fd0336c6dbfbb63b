package io.chaski.core;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The options contradict each other, or a value from outside the program makes no sense. Nothing was started. */
public final class ConfigurationException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A node that cannot be started as configured.
     *
     * @param message which option, its value and what to do about it
     */
    public ConfigurationException(String message) {
        this(message, null);
    }

    /**
     * A node that cannot be started as configured.
     *
     * @param message which option, its value and what to do about it
     * @param cause what was found wrong with the value
     */
    public ConfigurationException(String message, @Nullable Throwable cause) {
        super("CONFIGURATION", message, cause);
    }
}
