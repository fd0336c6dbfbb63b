package io.chaski.core.internal.protocol.stream;

/**
 * Memory that the streams of one node share for one purpose, and of which those of one peer get a quarter at most: it takes four
 * peers to take all, and one is the common case. Confined to the node's event loop.
 */
final class StreamMemory {

    private static final int PEERS = 4;

    private final int limitBytes;
    private int taken;

    /**
     * Nothing is taken.
     *
     * @param limitBytes of all streams together
     */
    StreamMemory(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** What is left for one peer, which counts among all. */
    final class Share {
        private int takenOfPeer;

        private Share() {}

        /** Reserves room; false if there is not so much. */
        boolean take(int bytes) {
            if (bytes > limitBytes / PEERS - takenOfPeer || bytes > limitBytes - taken) {
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

    /** The share of a peer that has taken nothing yet. */
    Share newShare() {
        return new Share();
    }
}
