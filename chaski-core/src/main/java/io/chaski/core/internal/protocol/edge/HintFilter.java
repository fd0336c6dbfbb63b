package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import java.util.ArrayList;
import java.util.List;

/**
 * Which addresses this node dials on hearsay: literal, ordinary, and not its own (security.md section 4, row 84).
 * Whoever sends a hint chooses where we connect to, so a hint must never reach what only this machine can reach, and
 * never a name server. Confined to the node's event loop.
 */
final class HintFilter {

    private HintFilter() {}

    /**
     * The addresses that may be dialled.
     *
     * @param hinted what was heard
     * @param own addresses of this node
     * @param localAllowed whether this node has a peer on the same machine, from whom a local address may come
     */
    static List<Address> dialable(List<Address> hinted, List<Address> own, boolean localAllowed) {
        List<Address> dialable = new ArrayList<>(hinted.size());
        for (Address address : hinted) {
            if (!own.contains(address) && isDialable(address, localAllowed)) {
                dialable.add(address);
            }
        }
        return dialable;
    }

    private static boolean isDialable(Address address, boolean localAllowed) {
        if (address.transport() != Address.Transport.TCP) {
            return localAllowed;
        }
        IpLiteral ip = IpLiteral.parse(address.host());
        if (ip == null || address.port() == 0) {
            return false;
        }
        if (ip.isLoopback()) {
            return localAllowed;
        }
        return !ip.isUnspecified() && !ip.isMulticastOrReserved() && !ip.isLinkLocal();
    }
}
