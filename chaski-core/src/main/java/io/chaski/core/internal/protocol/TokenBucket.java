package io.chaski.core.internal.protocol;

/**
 * Allows so many a second in the long run and a burst of so many at once. Exact: it counts thousand-millionths of a
 * token, of which a token a second brings one each nanosecond. Time is an argument. Confined to the node's event loop.
 */
public final class TokenBucket {

    private static final long PARTS = 1_000_000_000;

    private final long perSecond;
    private final long capacity;
    private long level;
    private long filledNanos;
    private boolean isUsed;

    /**
     * A full bucket.
     *
     * @param perSecond tokens that come in a second, at least 1
     * @param burst most tokens it holds, 1 to 2^33
     */
    public TokenBucket(long perSecond, long burst) {
        assert perSecond >= 1 && burst >= 1 && burst <= 1L << 33 : perSecond + " a second, " + burst + " at once";
        this.perSecond = perSecond;
        this.capacity = burst * PARTS;
        this.level = capacity;
    }

    /**
     * Takes that many tokens, or none and returns false.
     *
     * @param amount how many
     * @param nowNanos the time
     */
    public boolean tryTake(long amount, long nowNanos) {
        fill(nowNanos);
        if (level < amount * PARTS) {
            return false;
        }
        level -= amount * PARTS;
        return true;
    }

    /**
     * Returns tokens whose use turned out not to count.
     *
     * @param amount how many
     */
    public void giveBack(long amount) {
        level = Math.min(capacity, level + amount * PARTS);
    }

    /**
     * Nanoseconds until that many tokens are there, 0 if they are.
     *
     * @param amount how many, at most the burst
     * @param nowNanos the time
     */
    public long nanosUntil(long amount, long nowNanos) {
        fill(nowNanos);
        long missing = amount * PARTS - level;
        return missing <= 0 ? 0 : (missing + perSecond - 1) / perSecond;
    }

    /**
     * Whether it is as full as a new one, so that nobody need remember it.
     *
     * @param nowNanos the time
     */
    public boolean isFull(long nowNanos) {
        fill(nowNanos);
        return level >= capacity;
    }

    private void fill(long nowNanos) {
        long elapsedNanos = nowNanos - filledNanos;
        filledNanos = nowNanos;
        if (!isUsed) {
            isUsed = true;
        } else if (elapsedNanos >= (capacity - level) / perSecond + 1) {
            level = capacity; // compared before it is multiplied, because a long pause would overflow
        } else {
            level = Math.min(capacity, level + elapsedNanos * perSecond);
        }
    }
}
