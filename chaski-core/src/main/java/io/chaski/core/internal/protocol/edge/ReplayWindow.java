package io.chaski.core.internal.protocol.edge;

/**
 * Which of the last {@value #SIZE} numbers have come. One that was taken is not taken again, and neither is one that is so
 * old that nobody knows any more. The bits are a ring of words of which a whole one is cleared when the numbers reach it, so
 * that nothing is ever shifted (RFC 6479; RFC 4303, section 3.4.3, asks for the window). Confined to the node's event loop.
 */
final class ReplayWindow {

    /** How far a datagram may be overtaken; IPsec thinks of 32 and 64, and 1,024 are 100 ms of the most that is read. */
    static final int SIZE = 1_024;

    /** The window seldom begins where a word does. */
    private static final int WORDS = SIZE / Long.SIZE + 1;

    private final long[] taken = new long[WORDS];
    private long highest;

    /** None has come. 0 is no number. */
    ReplayWindow() {
        taken[0] = 1;
    }

    /**
     * Whether a number is too old to know whether it has come.
     *
     * @param seq 0 or more
     */
    boolean isTooOld(long seq) {
        return seq <= highest - SIZE;
    }

    /**
     * Whether a number has come.
     *
     * @param seq 0 or more, and not too old
     */
    boolean isTaken(long seq) {
        return seq <= highest && (taken[indexOf(seq / Long.SIZE)] & bit(seq)) != 0;
    }

    /**
     * A number has come, and whoever sent it has proved that it did.
     *
     * @param seq 0 or more, and not too old
     */
    void take(long seq) {
        if (seq > highest) {
            long word = highest / Long.SIZE;
            long entered = Math.min(seq / Long.SIZE - word, WORDS);
            for (long i = 1; i <= entered; i++) {
                taken[indexOf(word + i)] = 0;
            }
            highest = seq;
        }
        taken[indexOf(seq / Long.SIZE)] |= bit(seq);
    }

    private static int indexOf(long word) {
        return (int) (word % WORDS);
    }

    private static long bit(long seq) {
        return 1L << seq % Long.SIZE;
    }
}
