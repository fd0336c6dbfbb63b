package io.chaski.core;

/** Who decides which edges exist. */
public enum Topology {
    /** Nodes find each other by the topics they share, and keep it that way by themselves. */
    AUTOMATIC,
    /**
     * Only the edges exist that were asked for: by bootstrap addresses, {@link ChaskiNode#connect(Address)} or
     * {@link ChaskiNode#discover}. Topics flow over them. For gateways, teaching and tests.
     */
    MANUAL
}
