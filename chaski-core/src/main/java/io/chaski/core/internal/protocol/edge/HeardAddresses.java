package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.IpLiteral;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which addresses in the words of others are kept. Whoever names an address chooses where this node connects to, so it
 * must never be sent to what only this machine or this process can reach, unless it hears of it from there; and never
 * to a UNIX socket, behind which anything may listen.
 *
 * <p>Descriptors are cleared where they enter the node, so that neither its tables nor those it passes them on to ever
 * hold an address that must not be dialled. Stateless.
 */
public final class HeardAddresses {

    private HeardAddresses() {}

    /**
     * A descriptor as it may be remembered and passed on.
     *
     * @param heard as it came
     * @param source other end of the connection it came over, or source of the datagram
     */
    public static Descriptor clear(Descriptor heard, Address source) {
        boolean isLocal = source.isLocal();
        List<Address> kept = new ArrayList<>(heard.addresses());
        kept.removeIf(address -> !isUsable(address, source, isLocal));
        return heard.withAddresses(kept);
    }

    /** What a peer says of itself in HELLO: where it was dialled is known to lead to it, whatever address that is. */
    static Descriptor clear(Descriptor heard, Link link) {
        List<Address> kept = new ArrayList<>(heard.addresses());
        boolean isLocal = link.remote.isLocal();
        kept.removeIf(address ->
                !isUsable(address, link.remote, isLocal) && !(link.outbound && address.equals(link.dialled)));
        return heard.withAddresses(kept);
    }

    /** Whether an address can be dialled without asking a name server, which nobody may make this node do. */
    static boolean isLiteral(Address address) {
        return address.transport() != Address.Transport.TCP || IpLiteral.parse(address.host()) != null;
    }

    private static boolean isUsable(Address address, Address source, boolean isLocal) {
        return switch (address.transport()) {
            case TCP -> address.port() != 0 && isUsable(address.host(), isLocal);
            case UNIX -> false;
            case INPROC -> source.transport() == Address.Transport.INPROC;
        };
    }

    private static boolean isUsable(String host, boolean isLocal) {
        IpLiteral ip = IpLiteral.parse(host);
        boolean isZoned = host.indexOf('%') >= 0; // an interface of the sender's machine
        if (ip == null) {
            // Some other name: Dials looks it up for a node that is known, and never on hearsay.
            String name = host.toLowerCase(Locale.ROOT);
            return !isZoned && (isLocal || !name.equals("localhost") && !name.endsWith(".localhost"));
        }
        return ip.isLoopback()
                ? isLocal
                : !isZoned && !ip.isUnspecified() && !ip.isMulticastOrReserved() && !ip.isLinkLocal();
    }
}
