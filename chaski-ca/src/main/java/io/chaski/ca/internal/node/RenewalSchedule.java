package io.chaski.ca.internal.node;

import io.chaski.core.security.RenewalAlarm;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides when a node asks for its next certificate, and when somebody should know that it has none:
 *
 * <pre>
 * 0         2/3 (+1/20)            80 %    90 %       end        a day later
 * |--wait----|--ask, pause, ask-----|-------|----------|--ask-----|--nothing
 *                                 LATE   CRITICAL    ENDED
 * </pre>
 *
 * <p>Certificates go by the wall clock, which may jump; pauses go by one that does not. So nothing is ever decided ahead:
 * whoever runs this asks {@link #next} again at the latest after the time that comes with the answer, which is a minute at
 * most, and what a jump has changed is seen then. It goes on asking for a day after the end, because authorities may renew
 * for machines that have slept. Confined to one thread.
 */
public final class RenewalSchedule {

    /** The longest between two looks at the clock. */
    static final Duration LOOK = Duration.ofMinutes(1);

    /** As long as an authority may ever renew after the end. */
    public static final Duration AFTER_END = Duration.ofDays(1);

    /** Pauses get shorter as the end comes near, but not shorter than this. */
    static final Duration SHORTEST_BOUND = Duration.ofSeconds(2);

    private static final int LATE_PERCENT = 80;
    private static final int CRITICAL_PERCENT = 90;
    private static final int PAUSES_BEFORE_END = 4;

    private final RandomGenerator random;
    private Instant notBefore;
    private Instant notAfter;
    private Instant renewAt;
    private long pausedUntilNanos;
    private boolean isPaused;
    private int failures;
    private Optional<RenewalAlarm> told = Optional.empty();

    /**
     * What to do now.
     *
     * @param isDue whether to ask for the next certificate, and tell what came of it
     * @param alarm what to tell; empty if nothing, or if it was told before
     * @param pause how long until the next look, if nothing is due
     */
    public record Step(boolean isDue, Optional<RenewalAlarm> alarm, Duration pause) {}

    /** A schedule for a certificate from its begin to its end. */
    public RenewalSchedule(Instant begin, Instant end, RandomGenerator random) {
        this.random = random;
        this.notBefore = begin;
        this.notAfter = end;
        this.renewAt = RenewalTime.of(begin, end, random);
    }

    /** There is a new certificate. */
    public void onCertificate(Instant begin, Instant end) {
        notBefore = begin;
        notAfter = end;
        renewAt = RenewalTime.of(begin, end, random);
        isPaused = false;
        failures = 0;
        told = Optional.empty();
    }

    /** What to do at this moment, by the wall clock and by the one that does not jump. */
    public Step next(Instant now, long nowNanos) {
        Optional<RenewalAlarm> alarm = news(now);
        boolean isTime = !now.isBefore(renewAt) && now.isBefore(notAfter.plus(AFTER_END));
        Duration pause = isPaused ? Duration.ofNanos(pausedUntilNanos - nowNanos) : Duration.ZERO;
        if (isTime && (pause.isNegative() || pause.isZero())) {
            isPaused = false;
            return new Step(true, alarm, Duration.ZERO);
        }
        Duration wait = isTime ? pause : now.isBefore(renewAt) ? Duration.between(now, renewAt) : LOOK;
        return new Step(false, alarm, wait.compareTo(LOOK) < 0 ? wait : LOOK);
    }

    /**
     * It was asked, and there is no certificate.
     *
     * @param retryAfter what the authority has asked for; zero if it has said nothing
     */
    public void onFailure(Instant now, long nowNanos, Duration retryAfter) {
        failures++;
        Duration left = Duration.between(now, notAfter);
        Duration longest =
                left.isNegative() ? RenewalTime.LONGEST_PAUSE : max(SHORTEST_BOUND, left.dividedBy(PAUSES_BEFORE_END));
        Duration drawn = RenewalTime.pause(failures, longest, random);
        pausedUntilNanos = nowNanos + max(drawn, retryAfter).toNanos();
        isPaused = true;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Each alarm once for a certificate; that of the clock whenever it is wrong again. */
    private Optional<RenewalAlarm> news(Instant now) {
        Optional<RenewalAlarm> current = alarm(now);
        boolean isClock = current.equals(Optional.of(RenewalAlarm.NOT_YET_VALID));
        boolean isNews = isClock ? !told.equals(current) : rank(current) > rank(told);
        if (isNews || told.equals(Optional.of(RenewalAlarm.NOT_YET_VALID))) {
            told = current;
        }
        return isNews ? current : Optional.empty();
    }

    private static int rank(Optional<RenewalAlarm> alarm) {
        return alarm.map(RenewalAlarm::ordinal).orElse(-1);
    }

    private Optional<RenewalAlarm> alarm(Instant now) {
        if (now.isBefore(notBefore)) {
            return Optional.of(RenewalAlarm.NOT_YET_VALID);
        }
        if (now.isAfter(notAfter)) {
            return Optional.of(RenewalAlarm.ENDED);
        }
        long life = Duration.between(notBefore, notAfter).toSeconds();
        long lived = Duration.between(notBefore, now).toSeconds();
        if (lived * 100 >= life * CRITICAL_PERCENT) {
            return Optional.of(RenewalAlarm.CRITICAL);
        }
        return lived * 100 >= life * LATE_PERCENT ? Optional.of(RenewalAlarm.LATE) : Optional.empty();
    }
}
