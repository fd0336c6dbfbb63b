package io.chaski.core.internal.protocol;

import io.chaski.core.internal.protocol.edge.EdgeSettings;
import io.chaski.core.internal.protocol.find.DiscoverySettings;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import io.chaski.core.internal.protocol.stream.StreamSettings;
import io.chaski.core.internal.protocol.tree.TreeSettings;

/**
 * Settings of one node's protocol, by concern. Immutable.
 *
 * @param manualTopology whether only the edges exist that the application asked for
 * @param edge connections and liveness
 * @param membership neighbours of a topic
 * @param tree broadcast
 * @param discovery look-ups
 * @param stream streams
 * @param memory what all topics may keep together
 */
public record ProtocolSettings(
        boolean manualTopology,
        EdgeSettings edge,
        MembershipSettings membership,
        TreeSettings tree,
        DiscoverySettings discovery,
        StreamSettings stream,
        MemorySettings memory) {

    /** Automatic topology and the defaults of each part. */
    public static final ProtocolSettings DEFAULTS = new ProtocolSettings(
            false,
            EdgeSettings.DEFAULTS,
            MembershipSettings.DEFAULTS,
            TreeSettings.DEFAULTS,
            DiscoverySettings.DEFAULTS,
            StreamSettings.DEFAULTS,
            MemorySettings.DEFAULTS);
}
