package io.chaski.testkit.simulation;

/**
 * How long the two ends of a link have disagreed, not counting the time in which they could not talk: what repairs it waits
 * meanwhile as well, and goes on from where it was. Immutable.
 *
 * @param talkedNanos so long, while they could talk
 * @param talkingAtNanos when they could when it was last looked at, {@link #SILENT} if they could not
 */
record Disagreement(long talkedNanos, long talkingAtNanos) {

    private static final long SILENT = -1;

    /** Nobody has looked yet. */
    static final Disagreement NEW = new Disagreement(0, SILENT);

    /**
     * They still disagree, and can talk.
     *
     * @param nowNanos the network's time, which begins with 0
     */
    Disagreement whileTalking(long nowNanos) {
        long newNanos = isTalking() ? nowNanos - talkingAtNanos : 0;
        return new Disagreement(talkedNanos + newNanos, nowNanos);
    }

    /** They still disagree, and cannot talk. */
    Disagreement whileSilent() {
        return new Disagreement(talkedNanos, SILENT);
    }

    /** Whether they could talk when it was last looked at. */
    boolean isTalking() {
        return talkingAtNanos != SILENT;
    }
}
