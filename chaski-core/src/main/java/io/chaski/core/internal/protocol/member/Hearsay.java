package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is believed of a descriptor that somebody else passed on: enough to try to dial, never more. What
 * cannot be the address of another node never enters a table. Stateless.
 */
public final class Hearsay {

    /** Start times in milliseconds stay below this until the year 4199; anything above is made up. */
    static final long MAX_EPOCH = 1L << 46;

    private static final int MAX_OCTET = 255;

    private Hearsay() {}

    /**
     * The descriptor without the addresses that are of no use here; null if nothing is left to believe.
     *
     * @param descriptor as it came
     * @param self this node, which nobody has to tell about itself
     * @param local whether it came from this machine, so that loopback addresses mean something
     * @param maxAgeSeconds age above which it is not believed
     */
    public static @Nullable Descriptor believed(Descriptor descriptor, NodeId self, boolean local, long maxAgeSeconds) {
        if (descriptor.id().equals(self)
                || descriptor.epoch() < 0
                || descriptor.epoch() > MAX_EPOCH
                || descriptor.ageSeconds() > maxAgeSeconds) {
            return null;
        }
        List<Address> addresses = descriptor.addresses();
        int usable = 0;
        for (Address address : addresses) {
            usable += isUsable(address, local) ? 1 : 0;
        }
        if (usable == 0) {
            return null;
        }
        return usable == addresses.size() ? descriptor : withUsableAddresses(descriptor, local);
    }

    private static Descriptor withUsableAddresses(Descriptor descriptor, boolean local) {
        List<Address> usable = new ArrayList<>();
        for (Address address : descriptor.addresses()) {
            if (isUsable(address, local)) {
                usable.add(address);
            }
        }
        return new Descriptor(
                descriptor.id(),
                descriptor.epoch(),
                usable,
                descriptor.reachable(),
                descriptor.relay(),
                descriptor.root(),
                descriptor.topics(),
                descriptor.ageSeconds());
    }

    /**
     * Whether a stranger's word for this address may be acted upon.
     *
     * @param address as it came
     * @param local whether it came from this machine
     */
    static boolean isUsable(Address address, boolean local) {
        if (address.isLocal()) {
            return local && (address.transport() != Address.Transport.TCP || address.port() != 0);
        }
        return address.port() != 0 && isUnicast(address.host());
    }

    private static boolean isUnicast(String host) {
        if (host.indexOf(':') >= 0) {
            return isUnicastV6(host);
        }
        int first = octet(host, 0);
        if (first < 0) {
            // A name. Peers.reach decides whether it is looked up; hints never are.
            return !host.equals("localhost") && !host.endsWith(".localhost");
        }
        boolean linkLocal = first == 169 && octet(host, host.indexOf('.') + 1) == 254;
        boolean multicastOrReserved = first >= 224;
        return first != 0 && first != 127 && !linkLocal && !multicastOrReserved;
    }

    private static boolean isUnicastV6(String host) {
        // Zone ids and IPv4 in IPv6 clothes have no business in a descriptor of another machine.
        if (host.indexOf('%') >= 0 || host.indexOf('.') >= 0) {
            return false;
        }
        boolean multicast = host.regionMatches(true, 0, "ff", 0, 2) && host.indexOf(':') == 4;
        boolean linkLocal =
                host.regionMatches(true, 0, "fe", 0, 2) && host.length() > 2 && "89abAB".indexOf(host.charAt(2)) >= 0;
        boolean unspecifiedOrLoopback = host.chars().allMatch(c -> c == ':' || c == '0' || c == '1')
                && host.chars().filter(c -> c == '1').count() <= 1
                && (host.indexOf('1') < 0 || host.endsWith("1"));
        return !multicast && !linkLocal && !unspecifiedOrLoopback;
    }

    /** The number that starts at this index and ends at a dot or the end; -1 if there is none up to 255. */
    private static int octet(String host, int from) {
        int value = 0;
        int at = from;
        while (at < host.length() && host.charAt(at) != '.') {
            char digit = host.charAt(at++);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = Math.min(value * 10 + digit - '0', MAX_OCTET + 1);
        }
        return at == from || value > MAX_OCTET ? -1 : value;
    }
}
