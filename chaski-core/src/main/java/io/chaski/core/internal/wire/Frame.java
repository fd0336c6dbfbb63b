package io.chaski.core.internal.wire;

/**
 * One unit of conversation on a connection. The set is closed: a new kind of frame does not compile until every
 * handler knows it. DATA, the message on the hot path, is the one frame without an object of its own; see
 * {@link DataHandler}.
 */
public sealed interface Frame
        permits EdgeFrame, MembershipFrame, DiscoveryFrame, TreeFrame, StreamFrame, PartFrame, TrustFrame {

    /** Type number on the wire, one of {@link FrameType}. */
    int type();
}
