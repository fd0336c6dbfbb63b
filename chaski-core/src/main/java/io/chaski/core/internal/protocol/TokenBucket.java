package io.chaski.core.internal.protocol;

import java.util.concurrent.TimeUnit;

/** Allows so many a second in the long run and a burst of so many at once. Confined to the node's event loop. */
public final class TokenBucket {

    private final double perNano;
    private final double burst;
    private double tokens;
    private long filledNanos;
    private boolean used;

    /**
     * A full bucket.
     *
     * @param perSecond tokens that come in a second
     * @param burst most tokens it holds
     */
    public TokenBucket(double perSecond, double burst) {
        this.perNano = perSecond / TimeUnit.SECONDS.toNanos(1);
        this.burst = burst;
        this.tokens = burst;
    }

    /**
     * Takes that many tokens, or none and returns false.
     *
     * @param amount how many
     * @param nowNanos the time
     */
    public boolean tryTake(double amount, long nowNanos) {
        fill(nowNanos);
        if (tokens < amount) {
            return false;
        }
        tokens -= amount;
        return true;
    }

    /**
     * Returns tokens whose use turned out not to count.
     *
     * @param amount how many
     */
    public void giveBack(double amount) {
        tokens = Math.min(burst, tokens + amount);
    }

    /**
     * Nanoseconds until that many tokens are there, 0 if they are.
     *
     * @param amount how many, at most the burst
     * @param nowNanos the time
     */
    public long nanosUntil(double amount, long nowNanos) {
        fill(nowNanos);
        return tokens >= amount ? 0 : (long) Math.ceil((amount - tokens) / perNano);
    }

    /**
     * Whether it is as full as a new one, so that nobody need remember it.
     *
     * @param nowNanos the time
     */
    public boolean isFull(long nowNanos) {
        fill(nowNanos);
        return tokens >= burst;
    }

    private void fill(long nowNanos) {
        if (used) {
            tokens = Math.min(burst, tokens + (nowNanos - filledNanos) * perNano);
        }
        used = true;
        filledNanos = nowNanos;
    }
}
