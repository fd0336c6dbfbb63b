package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;

/** A stream between a keeper and somebody else, who may be the same node. Thread-safe. */
interface Line {

    /** Who is at the other end. */
    NodeId peer();

    /** Says something if there is room; {@link Listener#onWritable} tells when to try again. False if it has ended, too. */
    boolean offer(KeeperFrame frame);

    /** Ends it; what was said before still arrives. */
    void end();

    /** Ends it at once, and says why. */
    void refuse(String why);

    /** Hears one thing after the other. */
    interface Listener {

        /**
         * Something was said.
         *
         * @param frame what
         * @param taken to be run when it has been dealt with, on any thread: as much may be said then
         */
        void onFrame(KeeperFrame frame, Runnable taken);

        /** There is room again. */
        default void onWritable() {}

        /** It has ended, in whatever way; the last call. */
        void onEnd();
    }
}
