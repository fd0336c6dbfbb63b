package io.chaski.core;

/** What happens to the edge to a node that led to others, once they are found. */
public enum Introducer {
    /** The edge stays. */
    KEEP,
    /**
     * The edge is closed if this node made it, if its node named a member that was reached, and if the two share no
     * topic. Other edges stay.
     */
    LEAVE
}
