package io.chaski.core.internal.wire;

/**
 * Versions of the wire format. A change to any golden vector is a new version; a test compares the vectors of each
 * version with a checksum that is pinned beside it.
 */
public final class ProtocolVersion {

    /** The version that this library speaks, and the only one so far. */
    public static final int CURRENT = 1;

    private ProtocolVersion() {}
}
