package io.chaski.ca.internal.authority;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time, by both clocks.
 *
 * @param time the wall clock, which certificates and tokens go by
 * @param nanos a clock that only ever goes on, which limits go by
 */
public record Moment(Instant time, long nanos) {

    /** The wall clock in whole seconds, which is all that certificates have. */
    Instant seconds() {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
