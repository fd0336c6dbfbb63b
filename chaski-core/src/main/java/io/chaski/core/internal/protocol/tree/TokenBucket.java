package io.chaski.core.internal.protocol.tree;

/**
 * Lets a steady rate pass, and a burst after a quiet time. Time is an argument. Confined to the node's event loop.
 */
final class TokenBucket {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final long perSecond;
    private final long burst;
    private long tokens;
    private long filledNanos;

    TokenBucket(long perSecond, long burst, long nowNanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledNanos = nowNanos;
    }

    /** Takes as many tokens as there are, at most {@code wanted}; returns how many it took. */
    long take(long wanted, long nowNanos) {
        fill(nowNanos);
        long taken = Math.min(wanted, tokens);
        tokens -= taken;
        return taken;
    }

    private void fill(long nowNanos) {
        long elapsedNanos = nowNanos - filledNanos;
        if (elapsedNanos >= burst * NANOS_PER_SECOND / perSecond) {
            tokens = burst;
            filledNanos = nowNanos;
            return;
        }
        long drops = elapsedNanos * perSecond / NANOS_PER_SECOND;
        if (drops > 0) {
            tokens = Math.min(burst, tokens + drops);
            // What does not make a whole token yet is not forgotten.
            filledNanos += drops * NANOS_PER_SECOND / perSecond;
        }
    }
}
