package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import java.util.List;

/**
 * Who this node is. Immutable.
 *
 * @param id its id
 * @param epoch its incarnation: max(persisted + 1, start time in milliseconds)
 * @param name label for people
 * @param cluster only nodes of the same cluster talk
 * @param addresses what it advertises, best first
 * @param bootstrap configured addresses of other nodes
 * @param root whether it keeps registrations for others
 * @param relay whether it carries topics it does not subscribe to when asked
 */
public record LocalNode(
        NodeId id,
        long epoch,
        String name,
        String cluster,
        List<Address> addresses,
        List<Address> bootstrap,
        boolean root,
        boolean relay) {
    /** Copies the lists. */
    public LocalNode {
        addresses = List.copyOf(addresses);
        bootstrap = List.copyOf(bootstrap);
    }
}
