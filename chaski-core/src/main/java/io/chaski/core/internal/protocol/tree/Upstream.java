package io.chaski.core.internal.protocol.tree;

/** What this node takes of a topic from one neighbour, and has told it so. Confined to the node's event loop. */
final class Upstream {

    private static final long NEVER = Long.MIN_VALUE / 2;

    /** Cost of what has come since the link is up. */
    long received;

    /** Cost up to which the neighbour may send, as told last. Nothing need be told before it counts. */
    long granted;

    /** Whether this node has said that it takes only so much. */
    boolean isLimited;

    /** When more has come than was granted: the neighbour probably has more. */
    private long exhaustedNanos = NEVER;

    /** Whether there was no room when credit fell due. */
    boolean isStarved;

    /** When so much has come, it is time to grant more. */
    long nextLook;

    /** Begins anew: so much may come from now on. */
    void limitTo(long room) {
        granted = received + room;
        isStarved = false;
        nextLook = received;
    }

    void onReceived(long cost, long nowNanos) {
        received += cost;
        if (isLimited && received >= granted) {
            exhaustedNanos = nowNanos;
        }
    }

    /** Whether what is late from here is late because this node took no more. */
    boolean isThrottled(long nowNanos, long withinNanos) {
        return isLimited && nowNanos - exhaustedNanos < withinNanos;
    }
}
