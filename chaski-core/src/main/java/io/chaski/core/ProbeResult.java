package io.chaski.core;

import java.util.List;

/**
 * What a remote node says about itself when probed. Immutable.
 *
 * @param address where it was asked
 * @param id who answered
 * @param epoch its incarnation
 * @param name its label
 * @param root whether it keeps registrations for others
 * @param serving whether it accepts connections
 * @param reconnecting number of configured peers it is trying to reach again
 * @param edges number of its edges
 * @param paired number of its topics that have a neighbour
 * @param topics number of its topics, as far as they fit the answer
 * @param overUdp whether the answer came over UDP, or over TCP because UDP was dead
 */
public record ProbeResult(
        Address address,
        NodeId id,
        long epoch,
        String name,
        boolean root,
        boolean serving,
        int reconnecting,
        int edges,
        int paired,
        int topics,
        boolean overUdp) {

    /** Checks that nothing is missing. */
    public ProbeResult {
        List.of(address, id, name);
    }
}
