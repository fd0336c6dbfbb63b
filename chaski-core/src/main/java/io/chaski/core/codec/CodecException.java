package io.chaski.core.codec;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A payload could not be encoded, or bytes are no payload of the expected type. Nothing was published or delivered.
 * The message names types, never values.
 */
public final class CodecException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A payload and a codec that do not fit.
     *
     * @param message what does not fit, without values
     */
    public CodecException(String message) {
        this(message, null);
    }

    /**
     * A payload and a codec that do not fit.
     *
     * @param message what does not fit, without values
     * @param cause what the codec found
     */
    public CodecException(String message, @Nullable Throwable cause) {
        super("CODEC", message, cause);
    }
}
