package io.chaski.core.internal.wire;

/**
 * What a node says on its LAN to be found: that somebody of a cluster listens at a port. It names nobody, and whoever
 * hears it believes nothing but that there may be somebody to dial.
 *
 * @param cluster as {@link #hashOf} says it, so that the name of the cluster is not told
 * @param token random, drawn at each start: by it a node knows its own beacons
 * @param port TCP port where the sender listens, at the address that the packet comes from, 1 to 65,535
 */
public record Beacon(long cluster, long token, int port) {

    /** IPv4 group, of those that nobody assigns and no router passes on (RFC 2365, section 6.1). */
    public static final String GROUP_V4 = "239.255.67.72";

    /** IPv6 group: transient, of one link only (RFC 4291, section 2.7); "Chaski" in ASCII. */
    public static final String GROUP_V6 = "ff12::4368:6173:6b69";

    /** UDP port of both groups: the first one behind those of roots. */
    public static final int GROUP_PORT = 8517;

    /** Keeps the hash of a cluster apart from hashes of anything else. */
    private static final String PREFIX = "chaski beacon ";

    private static final int MAX_PORT = 65_535;

    /** Checks the port. */
    public Beacon {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("a port is 1 to " + MAX_PORT + ": " + port);
        }
    }

    /** Why a packet is no beacon that counts. */
    public enum Rejection {
        /** Of another size, version or type, or with a port of 0. */
        MALFORMED,
        /** Its source is in no network that this node listens on. */
        OFF_LINK
    }

    /**
     * What stands for a cluster.
     *
     * @param cluster its name
     */
    public static long hashOf(String cluster) {
        return TopicSummary.hashOf(PREFIX + cluster);
    }
}
