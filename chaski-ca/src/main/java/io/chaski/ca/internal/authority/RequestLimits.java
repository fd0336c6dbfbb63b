package io.chaski.ca.internal.authority;

import io.chaski.core.security.ChaskiUri;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often the authority lets itself be asked. Forged tokens are what a guesser sends: who sends ten of them within ten
 * minutes is not listened to for ten more. Confined to one thread.
 */
final class RequestLimits {

    static final int FORGERIES = 10;
    static final Duration GREYLISTED = Duration.ofMinutes(10);

    private static final String ALL = "";
    private static final int MAX_HOSTS = 10_000;

    private final RateLimit enrolmentsOfHost = new RateLimit(Duration.ofSeconds(1), 5);
    private final RateLimit enrolments = new RateLimit(Duration.ofMillis(50), 20);
    private final RateLimit renewalsOfIdentity = new RateLimit(Duration.ofMinutes(1), 1);

    /** Renewals come from members only, but nothing is without a limit. */
    private final RateLimit renewals = new RateLimit(Duration.ofMillis(10), 100);

    /** Oldest first; the oldest is forgotten when there are too many. */
    private final Map<String, Forgeries> forgeries = new LinkedHashMap<>();

    private record Forgeries(int count, long sinceNanos) {}

    /** How long to wait before the next enrolment, zero if this one may be. */
    Duration enrol(RemoteHost host, long nowNanos) {
        Duration wait = enrolments.waitFor(ALL, nowNanos);
        if (host.isLimited()) {
            wait = max(wait, max(enrolmentsOfHost.waitFor(host.name(), nowNanos), greylisted(host, nowNanos)));
        }
        if (wait.isZero()) {
            enrolments.use(ALL, nowNanos);
            if (host.isLimited()) {
                enrolmentsOfHost.use(host.name(), nowNanos);
            }
        }
        return wait;
    }

    /** How long to wait before the next renewal, zero if this one may be. */
    Duration renew(ChaskiUri identity, long nowNanos) {
        String party = identity.toString();
        Duration wait = max(renewals.waitFor(ALL, nowNanos), renewalsOfIdentity.waitFor(party, nowNanos));
        if (wait.isZero()) {
            renewals.use(ALL, nowNanos);
            renewalsOfIdentity.use(party, nowNanos);
        }
        return wait;
    }

    /** Somebody has sent a token that is not ours. */
    void onForgery(RemoteHost host, long nowNanos) {
        if (!host.isLimited()) {
            return;
        }
        Forgeries before = forgeries.remove(host.name());
        if (before == null || nowNanos - before.sinceNanos >= GREYLISTED.toNanos()) {
            before = new Forgeries(0, nowNanos);
        }
        int count = before.count + 1;
        // From the tenth on, the time counts from the last one.
        forgeries.put(host.name(), new Forgeries(count, count >= FORGERIES ? nowNanos : before.sinceNanos));
        if (forgeries.size() > MAX_HOSTS) {
            Iterator<String> oldest = forgeries.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private Duration greylisted(RemoteHost host, long nowNanos) {
        Forgeries seen = forgeries.get(host.name());
        if (seen == null || seen.count < FORGERIES) {
            return Duration.ZERO;
        }
        return max(Duration.ZERO, Duration.ofNanos(seen.sinceNanos + GREYLISTED.toNanos() - nowNanos));
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
