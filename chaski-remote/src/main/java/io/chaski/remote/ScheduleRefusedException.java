package io.chaski.remote;

import io.chaski.core.ChaskiException;
import java.io.Serial;

/** The provider does not take a schedule: nothing was scheduled, and nothing runs. */
public final class ScheduleRefusedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param why a sentence for people
     */
    public ScheduleRefusedException(String why) {
        super("SCHEDULE_REFUSED", why, null);
    }
}
