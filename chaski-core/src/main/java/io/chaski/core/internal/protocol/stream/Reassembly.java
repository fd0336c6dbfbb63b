package io.chaski.core.internal.protocol.stream;

/**
 * What the unfinished messages of all streams of one node may cost together. Their windows cannot bound them, because
 * fragments are granted back as they come. Beyond the limit the stream whose fragment came is reset. Confined to the
 * node's event loop.
 */
final class Reassembly {

    /** Thirty-two of the largest messages at once, whatever the number of peers and streams. */
    static final int LIMIT_BYTES = 32 << 20;

    private int taken;

    /** Reserves room; false if there is not so much. */
    boolean take(int bytes) {
        if (bytes > LIMIT_BYTES - taken) {
            return false;
        }
        taken += bytes;
        return true;
    }

    /** Ends what {@link #take} began. */
    void giveBack(int bytes) {
        taken -= bytes;
    }
}
