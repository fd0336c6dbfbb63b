package io.chaski.ca.internal.node;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a certificate is renewed: at two thirds of its life, up to a twentieth of it later by chance, so that machines
 * that were started together do not ask together. As in step-ca ({@code ca/renew.go}).
 */
public final class RenewalTime {

    /** The first pause after a failure; each next one is up to twice as long. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

    /** The longest pause: there are at least 16 tries in the last third of a day. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    private static final int DOUBLINGS = 6;

    private RenewalTime() {}

    /** When to renew a certificate that lives from one moment to another. */
    public static Instant of(Instant notBefore, Instant notAfter, RandomGenerator random) {
        long life = Duration.between(notBefore, notAfter).toMillis();
        return of(notBefore, notAfter).plusMillis(random.nextLong(life / 20 + 1));
    }

    /** The same, as early as may be. */
    public static Instant of(Instant notBefore, Instant notAfter) {
        return notBefore.plusMillis(Duration.between(notBefore, notAfter).toMillis() * 2 / 3);
    }

    /** The same, of a certificate. */
    public static Instant of(X509Certificate certificate) {
        return of(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    /**
     * How long to wait after failures in a row, by chance between nothing and a bound that doubles ("full jitter").
     *
     * @param failures 1 or more
     */
    public static Duration pause(int failures, RandomGenerator random) {
        return pause(failures, LONGEST_PAUSE, random);
    }

    /** As {@link #pause(int, RandomGenerator)}, with a bound for a life that is too short for it. */
    static Duration pause(int failures, Duration longest, RandomGenerator random) {
        Duration bound = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
        Duration capped = min(min(bound, LONGEST_PAUSE), longest);
        return Duration.ofMillis(random.nextLong(capped.toMillis() + 1));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
