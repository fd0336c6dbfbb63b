package io.chaski.remote;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A node that says it serves something. What it says of itself, addresses and services, is its claim; that the claim is
 * of this node is what the mesh vouches for. Immutable; sorted by node, then by service.
 *
 * @param node who
 * @param nodeName its label; may repeat among nodes
 * @param epoch its incarnation
 * @param addresses where it says it can be reached, best first
 * @param service what it serves
 * @param roundTrip smoothed round-trip time of the edge to it, from a second ago or less; empty without an edge or before
 *     the first measurement
 */
public record Provider(
        NodeId node,
        String nodeName,
        long epoch,
        List<Address> addresses,
        Service service,
        Optional<Duration> roundTrip)
        implements Comparable<Provider> {

    private static final Comparator<Provider> ORDER =
            Comparator.comparing(Provider::node).thenComparing(Provider::service);

    /** Copies the list. */
    public Provider {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(nodeName, "nodeName");
        addresses = List.copyOf(addresses);
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(roundTrip, "roundTrip");
    }

    @Override
    public int compareTo(Provider other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return service.label() + " at " + nodeName + " (" + node.shortForm() + ")";
    }
}
