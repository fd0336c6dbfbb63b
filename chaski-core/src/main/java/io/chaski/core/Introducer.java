package io.chaski.core;

/** What happens to the edge to a node that led to others, once they are found. */
public enum Introducer {
    /** The edge stays. */
    KEEP,
    /** The edge is closed if its node shares no topic with this one. */
    LEAVE
}
