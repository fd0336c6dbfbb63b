package io.chaski.streamer.work;

import java.io.Serial;

/** Thrown by a {@link JobHandler}: the job cannot be done, and another attempt is no use. It becomes a dead letter at once. */
public final class DoNotRetryException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Gives a job up.
     *
     * @param reason for people; travels to the submitter, at most 1,000 characters of it
     */
    public DoNotRetryException(String reason) {
        super(reason);
    }
}
