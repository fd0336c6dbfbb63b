package io.chaski.remote.internal.directory;

import io.chaski.core.Address;
import io.chaski.remote.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * What this node serves, and when it says so: a change at once, those that follow shortly after together, a refresh every
 * ten seconds, everything when somebody asks. Confined to one thread at a time.
 *
 * <pre>
 *   nothing said --- the first service: LISTING ---> announced --- changes: CHANGE, or LISTING if that is shorter ---> announced
 *   announced --- the last service is withdrawn: CHANGE ---> nothing said
 * </pre>
 */
final class OwnRecord {

    private static final long NEVER = Long.MAX_VALUE;

    private static final int EMPTY_LISTING_BYTES = new Announcement.Listing(0, List.of(), List.of()).encode().length;

    private final List<Address> addresses;
    private final RandomGenerator random;
    private final Map<ServiceKey, Service> services = new LinkedHashMap<>();

    /** As the others know it, if they have heard everything. */
    private Map<ServiceKey, Service> said = Map.of();

    private int listingBytes;
    private long generation;
    private boolean isChanged;
    private long nextChangeNanos;
    private boolean isListingDue;
    private long listingDueNanos;
    private long nextListingNanos;
    private long nextHereNanos;
    private long nextCompanyHereNanos;

    /**
     * Serves nothing.
     *
     * @param generation higher than any that this incarnation of the node has used
     */
    OwnRecord(List<Address> addresses, long generation, RandomGenerator random, long nowNanos) {
        this.addresses = addresses.stream()
                .limit(Limits.MAX_ADDRESSES)
                .filter(address -> fits(address.toString()))
                .toList();
        this.generation = generation;
        this.random = random;
        this.listingBytes = listing(generation).encode().length;
        this.nextChangeNanos = nowNanos;
        this.nextListingNanos = nowNanos;
        this.nextHereNanos = nowNanos;
        this.nextCompanyHereNanos = nowNanos;
    }

    private static boolean fits(String address) {
        return address.getBytes(StandardCharsets.UTF_8).length <= Limits.MAX_ADDRESS_BYTES;
    }

    List<Address> addresses() {
        return addresses;
    }

    List<Service> services() {
        return List.copyOf(services.values());
    }

    /**
     * Serves something from now on.
     *
     * @throws IllegalStateException if the name and version are served already, or it is too much
     */
    void add(Service service) {
        ServiceKey key = ServiceKey.of(service);
        if (services.containsKey(key)) {
            throw new IllegalStateException("this node serves " + service.label() + " already");
        }
        if (services.size() >= Limits.MAX_SERVICES_PER_NODE) {
            throw new IllegalStateException(
                    "a node announces " + Limits.MAX_SERVICES_PER_NODE + " services at most: " + service.label());
        }
        int bytes = bytesOf(service);
        if (listingBytes + bytes > Limits.MAX_MESSAGE_BYTES) {
            throw new IllegalStateException("the names of this node's services take more than "
                    + Limits.MAX_MESSAGE_BYTES + " bytes together: " + service.label());
        }
        services.put(key, service);
        listingBytes += bytes;
        isChanged = true;
    }

    private static int bytesOf(Service service) {
        return new Announcement.Listing(0, List.of(), List.of(service)).encode().length - EMPTY_LISTING_BYTES;
    }

    /** Serves it no longer. Does nothing if it is not this very one that is served. */
    void remove(Service service) {
        if (services.remove(ServiceKey.of(service), service)) {
            listingBytes -= bytesOf(service);
            isChanged = true;
        }
    }

    /** Somebody wants to know everything. */
    void onAsked(int providers, long nowNanos) {
        long spreadNanos =
                Math.min(Limits.MAX_SPREAD.toNanos(), (providers + 1) * Limits.SPREAD_PER_PROVIDER.toNanos());
        repeat(nowNanos + random.nextLong(spreadNanos));
    }

    /** Others are there who may know nothing of this node, after a time with nobody, or beside those who do. */
    void onCompany(boolean isFirst, long nowNanos) {
        if (isFirst) {
            repeat(nowNanos);
        } else {
            nextHereNanos = earlier(nextHereNanos, later(nowNanos, nextCompanyHereNanos));
        }
    }

    /** What was said last did not leave this node. */
    void onUnsaid(long nowNanos) {
        repeat(nowNanos + Limits.REPEATED_AFTER.toNanos());
    }

    private void repeat(long atNanos) {
        long dueNanos = later(atNanos, nextListingNanos);
        listingDueNanos = isListingDue ? earlier(listingDueNanos, dueNanos) : dueNanos;
        isListingDue = true;
    }

    private static long later(long oneNanos, long otherNanos) {
        return oneNanos - otherNanos > 0 ? oneNanos : otherNanos;
    }

    private static long earlier(long oneNanos, long otherNanos) {
        return oneNanos - otherNanos < 0 ? oneNanos : otherNanos;
    }

    /** Says what is due. */
    void onTime(int providers, Outbox out, long nowNanos) {
        if (isChanged && nowNanos - nextChangeNanos >= 0) {
            sayChange(providers, out, nowNanos);
        }
        if (said.isEmpty()) {
            isListingDue = false;
            return;
        }
        if (isListingDue && nowNanos - listingDueNanos >= 0 && !isChanged) {
            sayListing(providers, out, nowNanos);
        } else if (nowNanos - nextHereNanos >= 0) {
            out.say(new Announcement.Here(generation));
            onRefreshed(nowNanos);
        }
    }

    private void sayChange(int providers, Outbox out, long nowNanos) {
        isChanged = false;
        List<ServiceKey> removed = new ArrayList<>();
        List<Service> put = new ArrayList<>();
        said.keySet().stream().filter(key -> !services.containsKey(key)).forEach(removed::add);
        services.forEach((key, service) -> {
            if (!service.equals(said.get(key))) {
                put.add(service);
            }
        });
        if (removed.isEmpty() && put.isEmpty()) {
            return; // served and withdrawn between two messages
        }
        nextChangeNanos = nowNanos + Limits.CHANGES_AFTER.toNanos();
        Announcement change = new Announcement.Change(generation, generation + 1, removed, put);
        generation++;
        // Whoever knows nothing of this node can do nothing with a change. A listing fits a message, a change may not.
        if (said.isEmpty() || !services.isEmpty() && change.encode().length >= listingBytes) {
            sayListing(providers, out, nowNanos);
        } else {
            out.say(change);
            onSaid(nowNanos);
        }
    }

    private void sayListing(int providers, Outbox out, long nowNanos) {
        isListingDue = false;
        nextListingNanos = nowNanos
                + (providers <= Limits.SMALL_COMPANY ? Limits.REPEATED_AFTER : Limits.REPEATED_AFTER_IN_A_CROWD)
                        .toNanos();
        out.say(listing(generation));
        onSaid(nowNanos);
    }

    private Announcement.Listing listing(long number) {
        return new Announcement.Listing(number, addresses, List.copyOf(services.values()));
    }

    private void onSaid(long nowNanos) {
        said = new LinkedHashMap<>(services);
        onRefreshed(nowNanos);
    }

    private void onRefreshed(long nowNanos) {
        nextHereNanos = nowNanos + Limits.REFRESH.toNanos() - random.nextLong(Limits.REFRESH_JITTER.toNanos());
        nextCompanyHereNanos = nowNanos + TimeUnit.SECONDS.toNanos(1);
    }

    /** The last word, if there is anything to take back. */
    void close(Outbox out) {
        if (!said.isEmpty()) {
            out.say(new Announcement.Goodbye(generation + 1));
        }
    }

    /** How long there is nothing to do; {@link Long#MAX_VALUE} if it is for ever. */
    long idleNanos(long nowNanos) {
        long idleNanos = NEVER;
        if (isChanged) {
            idleNanos = Math.min(idleNanos, nextChangeNanos - nowNanos);
        }
        if (!said.isEmpty()) {
            idleNanos = Math.min(idleNanos, nextHereNanos - nowNanos);
            if (isListingDue && !isChanged) {
                idleNanos = Math.min(idleNanos, listingDueNanos - nowNanos);
            }
        }
        return Math.max(0, idleNanos);
    }
}
