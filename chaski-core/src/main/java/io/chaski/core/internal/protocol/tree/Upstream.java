package io.chaski.core.internal.protocol.tree;

/** What this node takes of a topic from one neighbour, and has told it so. Confined to the node's event loop. */
final class Upstream {

    /** Cost of what has come since the link is up. */
    long received;

    /** Cost up to which the neighbour may send, as told last. */
    long granted;

    /** Whether this node has said that it takes only so much. */
    boolean isLimited;

    /** Whether it was told that this node takes little because others do. */
    boolean isPassedOn;

    /** Whether there was no room when credit fell due. */
    boolean isStarved;

    /** When so much has come, it is time to grant more. */
    long nextLook;

    /** Whether the neighbour has said that it has more, which will come. */
    boolean isOwing;

    /** Whether it has said anything about credit. */
    boolean isTold;

    /**
     * Up to here a copy says nothing about the tree: a neighbour that owes something from the first moment on was one
     * before, and sends again what may have been lost with the last link, at most a window.
     */
    long repeatedUpTo;

    /** Whether what comes now may be sent again because the last link broke. */
    boolean isRepeating() {
        return received < repeatedUpTo;
    }

    /** Begins anew: so much may come from now on. */
    void limitTo(long room) {
        granted = received + room;
        isStarved = room == 0;
        nextLook = received;
    }
}
