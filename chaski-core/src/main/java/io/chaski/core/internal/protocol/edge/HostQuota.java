package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.wire.IpLiteral;
import java.util.HashMap;
import java.util.Map;

/**
 * Places of which one remote host may take only so many. Nodes on the same machine share no such limit. Confined to the
 * node's event loop; the map is never iterated and holds one entry per host that has a place.
 */
final class HostQuota {

    private final int most;
    private final Map<Object, Integer> takenByHost = new HashMap<>();

    HostQuota(int most) {
        this.most = most;
    }

    /** Hosts that have a place, at most as many as there are places. */
    int hosts() {
        return takenByHost.size();
    }

    boolean hasRoomFor(Address remote) {
        return remote.isLocal() || takenByHost.getOrDefault(IpLiteral.siteOf(remote), 0) < most;
    }

    /** {@link #giveBack} must follow. */
    void take(Address remote) {
        if (!remote.isLocal()) {
            takenByHost.merge(IpLiteral.siteOf(remote), 1, Integer::sum);
        }
    }

    void giveBack(Address remote) {
        if (!remote.isLocal()) {
            takenByHost.computeIfPresent(IpLiteral.siteOf(remote), (host, taken) -> taken == 1 ? null : taken - 1);
        }
    }
}
