package io.chaski.streamer;

import io.chaski.core.ChaskiException;
import io.chaski.core.Receipt;
import java.io.Serial;

/**
 * A message that had to be published was given up. Those before it in the same stream have been published, and nobody will
 * ever see this one, or those after it. {@link #status()} says why.
 */
public final class PublishRejectedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Receipt.Status status;

    /**
     * A message that was given up.
     *
     * @param topic where it was to be published
     * @param status why it was not
     */
    public PublishRejectedException(String topic, Receipt.Status status) {
        super(status.name(), "a message for " + topic + " was given up", null);
        this.status = status;
    }

    /** Why it was given up. */
    public Receipt.Status status() {
        return status;
    }
}
