package io.chaski.ca.internal.authority;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/**
 * Who asks, as far as an address says: one IPv4 address, or the 64 bits of IPv6 that one customer has.
 *
 * @param name for limits and the journal
 * @param isLimited whether limits of one host hold for it; not for the machine itself
 */
public record RemoteHost(String name, boolean isLimited) {

    /** The machine itself: a UNIX socket, or the command line. */
    public static final RemoteHost LOCAL = new RemoteHost("local", false);

    private static final int NETWORK_BYTES = 8;

    /** Who has an address. */
    public static RemoteHost of(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return LOCAL;
        }
        String name = address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES) + "::/64"
                : address.getHostAddress();
        return new RemoteHost(name, true);
    }
}
