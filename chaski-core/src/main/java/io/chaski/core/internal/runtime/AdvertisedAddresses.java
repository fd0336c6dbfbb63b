package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.NetworkOptions;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node tells others about where it is. */
final class AdvertisedAddresses {

    private static final Logger LOG = LoggerFactory.getLogger(AdvertisedAddresses.class);

    private AdvertisedAddresses() {}

    /**
     * The configured addresses, or those the node listens on, with the wildcard address replaced by the addresses that
     * this machine has in its networks, IPv4 first.
     *
     * @param configured what the application wants to be told; may be empty
     * @param bound what the node listens on
     */
    static List<Address> of(List<Address> configured, List<Address> bound) {
        if (!configured.isEmpty()) {
            return configured;
        }
        Set<Address> advertised = new LinkedHashSet<>();
        for (Address address : bound) {
            if (isWildcard(address)) {
                machineAddresses(address.host().equals("0.0.0.0"))
                        .forEach(host -> advertised.add(Address.tcp(host, address.port())));
            } else {
                advertised.add(address);
            }
        }
        return advertised.stream().limit(NetworkOptions.MAX_ADDRESSES).toList();
    }

    private static boolean isWildcard(Address address) {
        return address.transport() == Address.Transport.TCP
                && (address.host().equals("0.0.0.0") || address.host().matches("[0:]+"));
    }

    private static List<String> machineAddresses(boolean isIpv4Only) {
        List<String> ipv4 = new ArrayList<>();
        List<String> ipv6 = new ArrayList<>();
        try {
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
                if (!card.isUp() || card.isLoopback()) {
                    continue;
                }
                for (InetAddress address : card.inetAddresses().toList()) {
                    // A link-local address means nothing without the zone, which is another on every machine.
                    if (!address.isLinkLocalAddress() && !address.isMulticastAddress()) {
                        (address instanceof Inet4Address ? ipv4 : ipv6).add(address.getHostAddress());
                    }
                }
            }
        } catch (SocketException e) {
            LOG.warn("cannot list the network interfaces; say advertise(...) so that others find this node", e);
        }
        if (!isIpv4Only) {
            ipv4.addAll(ipv6);
        }
        return ipv4;
    }
}
