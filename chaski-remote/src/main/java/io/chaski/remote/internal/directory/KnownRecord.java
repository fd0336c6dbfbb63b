package io.chaski.remote.internal.directory;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.remote.Provider;
import io.chaski.remote.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** What another node has said it serves. Confined to one thread at a time. */
final class KnownRecord {

    final NodeId node;
    final String nodeName;
    final long epoch;
    final List<Address> addresses;
    long generation;
    long untilNanos;

    private final Map<ServiceKey, Service> services = new TreeMap<>();

    KnownRecord(NodeId node, String nodeName, long epoch, Announcement.Listing said) {
        this.node = node;
        this.nodeName = nodeName;
        this.epoch = epoch;
        this.addresses = said.addresses();
        this.generation = said.generation();
        said.services().forEach(service -> services.put(ServiceKey.of(service), service));
    }

    Map<ServiceKey, Service> services() {
        return services;
    }

    Provider provider(ServiceKey key, Map<NodeId, Duration> roundTrips) {
        return provider(Objects.requireNonNull(services.get(key), "service"), roundTrips);
    }

    Provider provider(Service service, Map<NodeId, Duration> roundTrips) {
        return new Provider(node, nodeName, epoch, addresses, service, Optional.ofNullable(roundTrips.get(node)));
    }
}
