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

    /**
     * The next number of something that is counted up, by the clock: an authority of an old copy, which does not know what it has given
     * since, goes on above that all the same.
     *
     * @param last the last number that is known
     * @return seconds since 1970, or one more than the last number if that is no less
     */
    long numberAfter(long last) {
        return Math.max(last + 1, time.getEpochSecond());
    }
}
