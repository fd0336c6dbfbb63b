package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.LanOptions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a node's runtime is set up. Immutable.
 *
 * @param nodeName label of the node; part of the name of its thread
 * @param listen addresses to listen on, in this order; may be empty
 * @param unixUsers numbers of other users that may connect to UNIX sockets; may be empty
 * @param preferredPorts ports to try, in this order, before any free one where a TCP address has port 0; may be empty
 * @param udp whether to take a UDP port beside each TCP port
 * @param lan discovery on the LAN
 * @param limits bounds of the connections
 * @param security what connections prove, null for connections in clear text
 */
public record RuntimeSettings(
        String nodeName,
        List<Address> listen,
        Set<Integer> unixUsers,
        List<Integer> preferredPorts,
        boolean udp,
        LanOptions lan,
        TransportLimits limits,
        @Nullable LiveSecurity security) {

    /** Copies the lists. */
    public RuntimeSettings {
        listen = List.copyOf(listen);
        unixUsers = Set.copyOf(unixUsers);
        preferredPorts = List.copyOf(preferredPorts);
    }

    /** Connections in clear text, and no other user. */
    public RuntimeSettings(
            String nodeName, List<Address> listen, List<Integer> preferredPorts, boolean udp, TransportLimits limits) {
        this(nodeName, listen, Set.of(), preferredPorts, udp, LanOptions.OFF, limits, null);
    }
}
