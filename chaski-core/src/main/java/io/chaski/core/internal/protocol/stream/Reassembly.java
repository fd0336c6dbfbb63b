package io.chaski.core.internal.protocol.stream;

/**
 * What the unfinished messages of all streams of one node may cost together, and those of one peer. Their windows cannot bound them,
 * because fragments are granted back as they come. Beyond the limit the stream whose fragment came is reset. Confined to the
 * node's event loop.
 */
final class Reassembly {

    /** Thirty-two of the largest messages at once, whatever the number of peers and streams. */
    static final int LIMIT_BYTES = 32 << 20;

    /** A quarter: it takes four peers to take all, and one is the common case. */
    static final int PEER_LIMIT_BYTES = LIMIT_BYTES / 4;

    private int taken;

    /** What is left for one peer, which counts among all. */
    final class Share {
        private int takenOfPeer;

        private Share() {}

        /** Reserves room; false if there is not so much. */
        boolean take(int bytes) {
            if (bytes > PEER_LIMIT_BYTES - takenOfPeer || bytes > LIMIT_BYTES - taken) {
                return false;
            }
            takenOfPeer += bytes;
            taken += bytes;
            return true;
        }

        /** Ends what {@link #take} began. */
        void giveBack(int bytes) {
            takenOfPeer -= bytes;
            taken -= bytes;
        }
    }

    /** The share of a peer of whose messages none is unfinished. */
    Share newShare() {
        return new Share();
    }
}
