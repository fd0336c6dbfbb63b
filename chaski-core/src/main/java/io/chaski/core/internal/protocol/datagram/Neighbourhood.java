package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.internal.wire.IpLiteral;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that beacons have named lately: at most {@value #MAX}, of one host {@value #PER_HOST}, so that neither one
 * host nor a flood of made-up ones fills the memory. In a full table an address that led nowhere makes room, and
 * otherwise the new one is not kept. Confined to the node's event loop.
 */
final class Neighbourhood {

    /** Any of them leads to the rest of the cluster; so many are kept because some may be made up. */
    static final int MAX = 64;

    /** More than enough nodes of one machine. */
    static final int PER_HOST = 16;

    /** Three beacons of a node that runs may be lost. */
    static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Predicate<Address> ledNowhere;
    private final Map<Address, Candidate> byAddress = new LinkedHashMap<>();

    /**
     * Knows nobody.
     *
     * @param ledNowhere whether the last attempt to dial an address made no edge
     */
    Neighbourhood(Predicate<Address> ledNowhere) {
        this.ledNowhere = ledNowhere;
    }

    private static final class Candidate {
        private final Object host;
        private long heardNanos;
        private long probes;

        Candidate(Object host) {
            this.host = host;
        }
    }

    /** A beacon has named an address; false if there is no room for it. */
    boolean hear(Address address, long nowNanos) {
        expire(nowNanos);
        Candidate known = byAddress.get(address);
        if (known != null) {
            known.heardNanos = nowNanos;
            return true;
        }
        Object host = IpLiteral.siteOf(address);
        long ofHost = byAddress.values().stream()
                .filter(each -> each.host.equals(host))
                .count();
        boolean isHostFull = ofHost >= PER_HOST;
        boolean mustMakeRoom = isHostFull || byAddress.size() >= MAX;
        if (mustMakeRoom && !makeRoom(isHostFull ? host : null)) {
            return false;
        }
        Candidate candidate = new Candidate(host);
        candidate.heardNanos = nowNanos;
        byAddress.put(address, candidate);
        return true;
    }

    private boolean makeRoom(@Nullable Object host) {
        for (Iterator<Map.Entry<Address, Candidate>> each = byAddress.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Address, Candidate> candidate = each.next();
            boolean isMeant = host == null || candidate.getValue().host.equals(host);
            if (isMeant && ledNowhere.test(candidate.getKey())) {
                each.remove();
                return true;
            }
        }
        return false;
    }

    /** Forgets those that have not been heard of for a while. */
    void expire(long nowNanos) {
        byAddress.values().removeIf(candidate -> nowNanos - candidate.heardNanos > KEPT_NANOS);
    }

    /**
     * The address whose turn it is, which counts as its turn: whoever had fewest comes first.
     *
     * @param isOfUse which ones are wanted
     * @return null for none
     */
    @Nullable
    Address next(Predicate<Address> isOfUse) {
        Address chosen = null;
        Candidate fewest = null;
        for (Map.Entry<Address, Candidate> each : byAddress.entrySet()) {
            boolean isBetter = fewest == null || each.getValue().probes < fewest.probes;
            if (isBetter && isOfUse.test(each.getKey())) {
                chosen = each.getKey();
                fewest = each.getValue();
            }
        }
        if (fewest != null) {
            fewest.probes++;
        }
        return chosen;
    }

    /** All of them, who was heard first comes first. */
    List<Address> all() {
        return new ArrayList<>(byAddress.keySet());
    }

    boolean isEmpty() {
        return byAddress.isEmpty();
    }
}
