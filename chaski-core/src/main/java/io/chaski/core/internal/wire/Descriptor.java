package io.chaski.core.internal.wire;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import java.util.List;
import java.util.Objects;

/**
 * What nodes tell each other about a node. Hearsay: whoever dials on the word of a descriptor expects to be wrong.
 * Immutable.
 *
 * @param id whose descriptor it is
 * @param epoch incarnation of that node; a higher one is newer
 * @param addresses where it can be reached, best first, at most {@value #MAX_ADDRESSES}
 * @param reachable whether somebody has reached it at its first address
 * @param relay whether it carries topics it does not subscribe to when asked
 * @param root whether it keeps registrations for others
 * @param topics what it subscribes to
 * @param ageSeconds how long ago the node itself said so, 0 to 65,535
 */
public record Descriptor(
        NodeId id,
        long epoch,
        List<Address> addresses,
        boolean reachable,
        boolean relay,
        boolean root,
        TopicSummary topics,
        int ageSeconds) {

    /** A host with IPv4, IPv6, a UNIX socket and one more. */
    public static final int MAX_ADDRESSES = 4;

    /** Largest age that fits its two bytes; older descriptors stay at it. */
    public static final int MAX_AGE_SECONDS = 65_535;

    /** Checks the bounds. */
    public Descriptor {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(topics, "topics");
        addresses = List.copyOf(addresses);
        if (addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException("at most " + MAX_ADDRESSES + " addresses: " + addresses.size());
        }
        if (ageSeconds < 0 || ageSeconds > MAX_AGE_SECONDS) {
            throw new IllegalArgumentException("ageSeconds out of range: " + ageSeconds);
        }
    }

    /**
     * The same descriptor with some of its addresses.
     *
     * @param some addresses to keep
     */
    public Descriptor withAddresses(List<Address> some) {
        return some.size() == addresses.size()
                ? this
                : new Descriptor(id, epoch, some, reachable, relay, root, topics, ageSeconds);
    }

    /**
     * The same descriptor at another age.
     *
     * @param seconds 0 or more; values above {@value #MAX_AGE_SECONDS} are cut
     */
    public Descriptor aged(long seconds) {
        int age = (int) Math.min(MAX_AGE_SECONDS, seconds);
        return age == ageSeconds ? this : new Descriptor(id, epoch, addresses, reachable, relay, root, topics, age);
    }
}
