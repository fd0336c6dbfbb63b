package io.chaski.ca.internal.authority;

import io.chaski.ca.internal.token.TokenId;
import io.chaski.core.security.ChaskiUri;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often the authority lets itself be asked. Tokens are looked at first, which costs microseconds, and what is not
 * authentic has an allowance of its own: strangers shall not use up that of nodes, nor bar who shares an address with them.
 * Forged tokens are what a guesser sends: who sends ten of them within ten minutes is not answered for ten more, unless he
 * comes with a good one. Confined to one thread.
 */
final class RequestLimits {

    static final int FORGERIES = 10;
    static final Duration GREYLISTED = Duration.ofMinutes(10);

    private static final String ALL = "";
    private static final int MAX_HOSTS = 10_000;

    /** What looking at tokens may cost together: some 5 ms of computing each second. */
    private final RateLimit looks = new RateLimit(Duration.ofMillis(2), 500);

    private final Enrolments authentic = new Enrolments();
    private final Enrolments forged = new Enrolments();

    /** Who has one token, and many addresses, shall not use up what all share. */
    private final RateLimit enrolmentsOfToken = new RateLimit(Duration.ofSeconds(1), 5);

    private final RateLimit renewalsOfIdentity = new RateLimit(Duration.ofMinutes(1), 1);

    /** Renewals come from members only, but nothing is without a limit. */
    private final RateLimit renewals = new RateLimit(Duration.ofMillis(10), 100);

    /** Oldest first; the oldest is forgotten when there are too many. */
    private final Map<String, Forgeries> forgeries = new LinkedHashMap<>();

    private record Forgeries(int count, long sinceNanos) {}

    /** Of one host and of all. */
    private static final class Enrolments {
        private final RateLimit ofHost = new RateLimit(Duration.ofSeconds(1), 5);
        private final RateLimit ofAll = new RateLimit(Duration.ofMillis(50), 20);

        Duration waitFor(RemoteHost host, long nowNanos) {
            Duration wait = ofAll.waitFor(ALL, nowNanos);
            return host.isLimited() ? max(wait, ofHost.waitFor(host.name(), nowNanos)) : wait;
        }

        void use(RemoteHost host, long nowNanos) {
            ofAll.use(ALL, nowNanos);
            if (host.isLimited()) {
                ofHost.use(host.name(), nowNanos);
            }
        }
    }

    /** How long to wait before another token is looked at, zero if this one may be. */
    Duration look(long nowNanos) {
        Duration wait = looks.waitFor(ALL, nowNanos);
        if (wait.isZero()) {
            looks.use(ALL, nowNanos);
        }
        return wait;
    }

    /** How long to wait before the next enrolment with an authentic token, zero if this one may be. */
    Duration enrol(RemoteHost host, TokenId token, long nowNanos) {
        String party = token.toString();
        Duration wait = max(authentic.waitFor(host, nowNanos), enrolmentsOfToken.waitFor(party, nowNanos));
        if (wait.isZero()) {
            authentic.use(host, nowNanos);
            enrolmentsOfToken.use(party, nowNanos);
        }
        return wait;
    }

    /** Somebody has sent a token that is not ours: how long he has to wait, zero if he may be told. */
    Duration forgery(RemoteHost host, long nowNanos) {
        Duration wait = max(forged.waitFor(host, nowNanos), greylisted(host, nowNanos));
        if (wait.isZero()) {
            forged.use(host, nowNanos);
            onForgery(host, nowNanos);
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

    private void onForgery(RemoteHost host, long nowNanos) {
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
