package io.chaski.ca;

/** Which side of a connection a certificate is for. */
public enum LeafUsage {
    /** The side that dials. */
    CLIENT,
    /** The side that accepts. */
    SERVER,
    /** Either: what a node of a peer-to-peer network needs, and the default. */
    BOTH
}
