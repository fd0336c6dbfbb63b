package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node's runtime is set up. Immutable.
 *
 * @param nodeName label of the node; part of the name of its thread
 * @param listen addresses to listen on, in this order; may be empty
 * @param preferredPorts ports to try, in this order, before any free one where a TCP address has port 0; may be empty
 * @param udp whether to take a UDP port beside each TCP port
 * @param limits bounds of the connections
 * @param security what connections prove, null for connections in clear text
 */
public record RuntimeSettings(
        String nodeName,
        List<Address> listen,
        List<Integer> preferredPorts,
        boolean udp,
        TransportLimits limits,
        @Nullable LiveSecurity security) {

    /** Copies the lists. */
    public RuntimeSettings {
        listen = List.copyOf(listen);
        preferredPorts = List.copyOf(preferredPorts);
    }

    /** Connections in clear text. */
    public RuntimeSettings(
            String nodeName, List<Address> listen, List<Integer> preferredPorts, boolean udp, TransportLimits limits) {
        this(nodeName, listen, preferredPorts, udp, limits, null);
    }
}
