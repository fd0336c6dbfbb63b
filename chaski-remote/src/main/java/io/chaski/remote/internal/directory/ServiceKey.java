package io.chaski.remote.internal.directory;

import io.chaski.remote.Service;
import java.util.Comparator;

/** What a node serves once at most: a name and a version. Sorted by name, so that the versions of one are neighbours. */
record ServiceKey(String name, String version) implements Comparable<ServiceKey> {

    private static final Comparator<ServiceKey> ORDER =
            Comparator.comparing(ServiceKey::name).thenComparing(ServiceKey::version);

    static ServiceKey of(Service service) {
        return new ServiceKey(service.name(), service.version());
    }

    @Override
    public int compareTo(ServiceKey other) {
        return ORDER.compare(this, other);
    }
}
