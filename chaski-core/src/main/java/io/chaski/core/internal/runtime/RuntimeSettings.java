package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import java.util.List;

/**
 * How a node's runtime is set up. Immutable.
 *
 * @param nodeName label of the node; part of the name of its thread
 * @param listen addresses to listen on, in this order; may be empty
 * @param preferredPorts ports to try, in this order, before any free one where a TCP address has port 0; may be empty
 * @param udp whether to take a UDP port beside each TCP port
 * @param limits bounds of the connections
 */
public record RuntimeSettings(
        String nodeName, List<Address> listen, List<Integer> preferredPorts, boolean udp, TransportLimits limits) {

    /** Copies the lists. */
    public RuntimeSettings {
        listen = List.copyOf(listen);
        preferredPorts = List.copyOf(preferredPorts);
    }
}
