package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Translates between our addresses and those of sockets. Thread-safe. */
final class SocketAddresses {

    private SocketAddresses() {}

    /** Whether the host is an address, with or without a zone, and no name that must be looked up. */
    static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || host.indexOf(':') >= 0;
    }

    /**
     * The socket address of a literal; null if its zone does not exist here.
     *
     * @param address whose host is a literal
     */
    static @Nullable InetSocketAddress ofLiteral(Address address) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
        } catch (UnknownHostException noSuchZone) {
            return null;
        }
    }

    /** Our form of a socket address, with the zone of a link-local one. */
    static Address toAddress(InetSocketAddress socketAddress) {
        InetAddress ip = socketAddress.getAddress();
        String host = NetUtil.toAddressString(ip);
        if (ip instanceof Inet6Address v6 && v6.getScopeId() != 0 && host.indexOf('%') < 0) {
            String zone = v6.getScopedInterface() == null
                    ? Integer.toString(v6.getScopeId())
                    : v6.getScopedInterface().getName();
            host = host + '%' + zone;
        }
        return Address.tcp(host, socketAddress.getPort());
    }
}
