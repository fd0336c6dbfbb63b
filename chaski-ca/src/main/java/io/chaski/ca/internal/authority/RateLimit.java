package io.chaski.ca.internal.authority;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets each of many parties do something every so often, and a few times at once. The generic cell rate algorithm (ITU-T
 * I.371): one number a party, the time at which its allowance is whole again. Of more parties than it knows, those are
 * forgotten that were seen longest ago, and have their whole allowance again. Confined to one thread.
 */
public final class RateLimit {

    /** Each has some 100 bytes. What all parties together do is limited elsewhere. */
    private static final int MAX_PARTIES = 10_000;

    private final long intervalNanos;
    private final long toleranceNanos;

    /** Oldest first; each use moves a party to the end. */
    private final Map<String, Long> wholeAtNanos = new LinkedHashMap<>();

    /** One each interval in the long run, that many at once. */
    public RateLimit(Duration interval, int burst) {
        this.intervalNanos = interval.toNanos();
        this.toleranceNanos = intervalNanos * (burst - 1);
    }

    /** How long a party has to wait, zero if it need not; does not use its allowance. */
    public Duration waitFor(String party, long nowNanos) {
        Long wholeAt = wholeAtNanos.get(party);
        long wait = wholeAt == null ? 0 : wholeAt - toleranceNanos - nowNanos;
        return wait <= 0 ? Duration.ZERO : Duration.ofNanos(wait);
    }

    /** Uses the allowance of a party once. */
    public void use(String party, long nowNanos) {
        Long wholeAt = wholeAtNanos.remove(party);
        long from = wholeAt == null || wholeAt - nowNanos < 0 ? nowNanos : wholeAt;
        wholeAtNanos.put(party, from + intervalNanos);
        if (wholeAtNanos.size() > MAX_PARTIES) {
            Iterator<String> oldest = wholeAtNanos.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** How many parties it remembers. */
    int size() {
        return wholeAtNanos.size();
    }
}
