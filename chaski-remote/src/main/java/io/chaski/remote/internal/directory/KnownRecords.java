package io.chaski.remote.internal.directory;

import io.chaski.core.NodeId;
import io.chaski.remote.Provider;
import io.chaski.remote.Service;
import io.chaski.remote.ServiceEvent;
import io.chaski.remote.ServiceEvent.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of other nodes, each for as long as its lease runs: bounded in nodes and in services. Confined to one
 * thread at a time.
 */
final class KnownRecords {

    /** In the order in which they were refreshed, so that the first is the next to expire. */
    private final Map<NodeId, KnownRecord> records = new LinkedHashMap<>();

    private final NavigableMap<ServiceKey, Map<NodeId, KnownRecord>> byService = new TreeMap<>();
    private final Outbox out;
    private Map<NodeId, Duration> roundTrips = Map.of();
    private int services;
    private boolean isFull;
    private long version;

    /** Names of services whose providers have changed, until somebody takes them: at most those of one input. */
    private Set<String> changed = new HashSet<>();

    KnownRecords(Outbox out) {
        this.out = out;
    }

    // ---- looking

    @Nullable
    KnownRecord find(NodeId node) {
        return records.get(node);
    }

    /** The first that calls itself so. */
    Optional<NodeId> named(String nodeName) {
        return records.values().stream()
                .filter(record -> record.nodeName.equals(nodeName))
                .map(record -> record.node)
                .findFirst();
    }

    List<String> nodeNames() {
        return records.values().stream().map(record -> record.nodeName).toList();
    }

    int size() {
        return records.size();
    }

    /** Rises with each change of what {@link #providers} may answer. */
    long version() {
        return version;
    }

    /** Names of services, sorted, the first so many. */
    List<String> names(int most) {
        return byService.keySet().stream()
                .map(ServiceKey::name)
                .distinct()
                .limit(most)
                .toList();
    }

    /** Names of services whose providers are others than the last time, apart from their round-trip times. */
    Set<String> takeChanged() {
        if (changed.isEmpty()) {
            return Set.of();
        }
        Set<String> taken = changed;
        changed = new HashSet<>();
        return taken;
    }

    /**
     * How many nodes serve something.
     *
     * @param version which version of it; empty for any
     */
    int nodes(String name, Optional<String> version) {
        if (version.isPresent()) {
            return byService
                    .getOrDefault(new ServiceKey(name, version.get()), Map.of())
                    .size();
        }
        Set<NodeId> nodes = new HashSet<>();
        versions(name).forEach(each -> nodes.addAll(each.getValue().keySet()));
        return nodes.size();
    }

    private List<Map.Entry<ServiceKey, Map<NodeId, KnownRecord>>> versions(String name) {
        return byService.tailMap(new ServiceKey(name, "")).entrySet().stream()
                .takeWhile(each -> each.getKey().name().equals(name))
                .toList();
    }

    /** Who serves any version of it, sorted. */
    List<Provider> providers(String name) {
        return providers(name, Optional.empty());
    }

    /** Who serves one version of it, or any, sorted. */
    List<Provider> providers(String name, Optional<String> version) {
        List<Provider> providers = new ArrayList<>();
        for (Map.Entry<ServiceKey, Map<NodeId, KnownRecord>> each : versions(name)) {
            ServiceKey key = each.getKey();
            if (version.isEmpty() || version.get().equals(key.version())) {
                each.getValue().values().forEach(record -> providers.add(record.provider(key, roundTrips)));
            }
        }
        providers.sort(null);
        return List.copyOf(providers);
    }

    // ---- changes

    void setRoundTrips(Map<NodeId, Duration> measured) {
        if (!measured.equals(roundTrips)) {
            roundTrips = Map.copyOf(measured);
            version++;
        }
    }

    /** Whether there is room for one more node. */
    boolean hasRoom() {
        if (records.size() >= Limits.MAX_RECORDS) {
            onFull(Limits.MAX_RECORDS);
            return false;
        }
        return true;
    }

    /**
     * Believes everything that a node says of itself, in place of what is known of it.
     *
     * @return false if there is no room for it; what was known stays until its lease ends
     */
    boolean put(KnownRecord fresh, long nowNanos) {
        KnownRecord known = records.get(fresh.node);
        int less = known == null ? 0 : known.services().size();
        if (known == null && !hasRoom() || !hasRoomFor(fresh.services().size() - less)) {
            return false;
        }
        if (known != null && known.epoch != fresh.epoch) {
            remove(known, Reason.RESTARTED);
            known = null;
        }
        Map<ServiceKey, Service> before = known == null ? Map.of() : known.services();
        before.keySet().forEach(key -> forget(fresh, key));
        fresh.services().keySet().forEach(key -> add(fresh, key));
        touch(fresh, nowNanos);
        before.forEach((key, service) -> {
            if (!fresh.services().containsKey(key)) {
                emitLeft(fresh, service, Reason.WITHDRAWN);
            }
        });
        fresh.services().forEach((key, service) -> emitPut(fresh, before.get(key), service));
        removeIfEmpty(fresh);
        return true;
    }

    /**
     * Believes what has changed.
     *
     * @return false if there is no room for it; nothing has changed then
     */
    boolean change(KnownRecord known, Announcement.Change change, long nowNanos) {
        Map<ServiceKey, Service> now = new TreeMap<>(known.services());
        change.removed().forEach(now::remove);
        change.put().forEach(service -> now.put(ServiceKey.of(service), service));
        if (now.size() > Limits.MAX_SERVICES_PER_NODE
                || !hasRoomFor(now.size() - known.services().size())) {
            return false;
        }
        known.generation = change.to();
        touch(known, nowNanos);
        for (ServiceKey key : change.removed()) {
            Service gone = known.services().remove(key);
            if (gone != null) {
                forget(known, key);
                emitLeft(known, gone, Reason.WITHDRAWN);
            }
        }
        for (Service service : change.put()) {
            ServiceKey key = ServiceKey.of(service);
            Service before = known.services().put(key, service);
            if (before != null) {
                forget(known, key);
            }
            add(known, key);
            emitPut(known, before, service);
        }
        removeIfEmpty(known);
        return true;
    }

    /** It is still so. */
    void touch(KnownRecord known, long nowNanos) {
        known.untilNanos = nowNanos + Limits.LEASE.toNanos();
        records.remove(known.node);
        records.put(known.node, known);
    }

    void remove(KnownRecord known, Reason reason) {
        records.remove(known.node);
        isFull = false;
        known.services().keySet().forEach(key -> forget(known, key));
        known.services().values().forEach(service -> emitLeft(known, service, reason));
    }

    void expire(long nowNanos) {
        List<KnownRecord> expired = new ArrayList<>();
        for (KnownRecord oldest : records.values()) {
            if (nowNanos - oldest.untilNanos < 0) {
                break;
            }
            expired.add(oldest);
        }
        expired.forEach(gone -> remove(gone, Reason.EXPIRED));
    }

    /** How long nothing expires; {@link Long#MAX_VALUE} if it is for ever. */
    long idleNanos(long nowNanos) {
        return records.isEmpty()
                ? Long.MAX_VALUE
                : Math.max(0, records.values().iterator().next().untilNanos - nowNanos);
    }

    private void removeIfEmpty(KnownRecord known) {
        if (known.services().isEmpty()) {
            records.remove(known.node);
            isFull = false;
        }
    }

    private boolean hasRoomFor(int more) {
        if (more > 0 && services + more > Limits.MAX_SERVICES) {
            onFull(Limits.MAX_SERVICES);
            return false;
        }
        return true;
    }

    private void onFull(int limit) {
        if (!isFull) {
            isFull = true;
            out.emit(new ServiceEvent.LimitReached(limit));
        }
    }

    private void add(KnownRecord record, ServiceKey key) {
        byService.computeIfAbsent(key, each -> new LinkedHashMap<>()).put(record.node, record);
        changed.add(key.name());
        services++;
        version++;
    }

    private void forget(KnownRecord record, ServiceKey key) {
        Map<NodeId, KnownRecord> providers = byService.get(key);
        if (providers != null) {
            providers.remove(record.node);
            if (providers.isEmpty()) {
                byService.remove(key);
            }
        }
        changed.add(key.name());
        services--;
        isFull = false;
        version++;
    }

    private void emitLeft(KnownRecord record, Service service, Reason reason) {
        out.emit(new ServiceEvent.Left(record.provider(service, roundTrips), reason));
    }

    private void emitPut(KnownRecord record, @Nullable Service before, Service now) {
        if (before == null) {
            out.emit(new ServiceEvent.Joined(record.provider(now, roundTrips)));
        } else if (!before.equals(now)) {
            out.emit(new ServiceEvent.Changed(record.provider(before, roundTrips), record.provider(now, roundTrips)));
        }
    }
}
