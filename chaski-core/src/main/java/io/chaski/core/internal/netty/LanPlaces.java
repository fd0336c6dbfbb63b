package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.internal.wire.IpLiteral;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a node takes part in discovery on the LAN: which interfaces, with which family, and what it says there. With
 * named interfaces it is those; otherwise those that the node listens on, loopback never. What it says is the port of a
 * listener that can be reached through the interface; where there is none it only hears. Stateless.
 */
final class LanPlaces {

    /** A machine with many containers has hundreds of interfaces; a node that is meant for them names them. */
    static final int MAX = 16;

    private LanPlaces() {}

    /**
     * One interface with one family.
     *
     * @param network the interface
     * @param isV6 the family
     * @param networks its networks
     * @param source where packets come from, null for the choice of the system
     * @param port of the listener that is announced, 0 for none
     */
    record Place(
            NetworkInterface network,
            boolean isV6,
            List<InterfaceAddress> networks,
            @Nullable InetAddress source,
            int port) {

        /** Whether an address is in one of the networks of the interface. */
        boolean isOnLink(InetAddress address) {
            return networks.stream().anyMatch(each -> contains(each, address));
        }

        private static boolean contains(InterfaceAddress net, InetAddress address) {
            byte[] one = net.getAddress().getAddress();
            byte[] other = address.getAddress();
            if (one.length != other.length) {
                return false;
            }
            for (int bit = 0; bit < net.getNetworkPrefixLength(); bit++) {
                int mask = 0x80 >>> (bit & 7);
                if (((one[bit >>> 3] ^ other[bit >>> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Chooses.
     *
     * @param names of interfaces, empty for those that the node listens on
     * @param listening where it listens
     * @throws IOException if there is no such interface
     */
    static List<Place> choose(List<String> names, List<Address> listening) throws IOException {
        List<Place> places = new ArrayList<>();
        for (NetworkInterface network : names.isEmpty() ? ofThisMachine() : named(names)) {
            for (boolean isV6 : new boolean[] {false, true}) {
                Place place = place(network, isV6, !names.isEmpty(), listening);
                if (place != null && places.size() < MAX) {
                    places.add(place);
                }
            }
        }
        return places;
    }

    private static @Nullable Place place(
            NetworkInterface network, boolean isV6, boolean isNamed, List<Address> listening) throws IOException {
        List<InetAddress> own = network.inetAddresses()
                .filter(address -> address instanceof Inet6Address == isV6)
                .toList();
        if (own.isEmpty()) {
            return null;
        }
        List<InterfaceAddress> networks = network.getInterfaceAddresses();
        for (Address address : listening) {
            InetAddress host = address.transport() == Address.Transport.TCP && isFamily(address, isV6)
                    ? InetAddress.getByName(address.host())
                    : null;
            if (host != null && (host.isAnyLocalAddress() || own.contains(host))) {
                return new Place(network, isV6, networks, host.isAnyLocalAddress() ? null : host, address.port());
            }
        }
        return isNamed ? new Place(network, isV6, networks, null, 0) : null;
    }

    /**
     * A name is taken for one of IPv4, which it mostly is; who listens on IPv6 writes so. Who listens on all addresses of IPv6 is reached
     * by IPv4 too.
     */
    private static boolean isFamily(Address address, boolean isV6) throws IOException {
        IpLiteral literal = IpLiteral.parse(address.host());
        boolean isOfV6 = literal != null && !literal.isV4();
        return isOfV6 == isV6 || isOfV6 && InetAddress.getByName(address.host()).isAnyLocalAddress();
    }

    private static List<NetworkInterface> ofThisMachine() throws SocketException {
        List<NetworkInterface> usable = new ArrayList<>();
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            if (each.isUp() && !each.isLoopback() && each.supportsMulticast()) {
                usable.add(each);
            }
        }
        return usable;
    }

    private static List<NetworkInterface> named(List<String> names) throws IOException {
        List<NetworkInterface> found = new ArrayList<>();
        for (String name : names) {
            NetworkInterface network = NetworkInterface.getByName(name);
            if (network == null) {
                throw new IOException("there is no network interface " + name + " for discovery on the LAN");
            }
            found.add(network);
        }
        return found;
    }
}
