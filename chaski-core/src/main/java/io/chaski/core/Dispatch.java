package io.chaski.core;

/** Where callbacks run. */
public enum Dispatch {
    /** On the node's callback executor, one at a time per subscription or stream. They may block. The default. */
    CALLBACK,
    /**
     * On the node's event loop, without a queue in between. They must never block: while one runs, the whole node
     * stands still. For experts who need the last microseconds.
     */
    INLINE
}
