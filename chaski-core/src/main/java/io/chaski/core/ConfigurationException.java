package io.chaski.core;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The options contradict each other, a value from outside the program makes no sense, or a node is asked for what its options
 * rule out, such as a signed topic without an identity. Nothing was started or changed.
 */
public final class ConfigurationException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A node that cannot do this as configured.
     *
     * @param message which option, its value and what to do about it
     */
    public ConfigurationException(String message) {
        this(message, null);
    }

    /**
     * A node that cannot do this as configured.
     *
     * @param message which option, its value and what to do about it
     * @param cause what was found wrong with the value
     */
    public ConfigurationException(String message, @Nullable Throwable cause) {
        super("CONFIGURATION", message, cause);
    }
}
