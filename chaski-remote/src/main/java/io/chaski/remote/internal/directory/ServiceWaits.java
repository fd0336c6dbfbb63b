package io.chaski.remote.internal.directory;

import io.chaski.core.NodeClosedException;
import io.chaski.core.RequestRefusedException;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.remote.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for a service to be there. A change is looked at for those who wait for its name only, once for all who want the
 * same, and time for the earliest deadline only. Confined to one thread at a time, apart from {@link #tell} and {@link #await}, which
 * run code of the application and want no lock.
 */
final class ServiceWaits {

    /** As many threads as a process may have, and more. */
    static final int MAX_WAITS = 10_000;

    /** Whoever says more means for ever; a deadline is a sum. */
    static final Duration LONGEST = Duration.ofDays(36_525);

    /**
     * What somebody waits for.
     *
     * @param service its name
     * @param version which version of it; empty for any
     */
    record Wanted(String service, Optional<String> version) {
        @Override
        public String toString() {
            return "'" + service + "'"
                    + version.map(text -> ", version '" + text + "'").orElse("");
        }
    }

    /**
     * Somebody who waits.
     *
     * @param number tells those apart who want the same
     * @param nodes how many nodes there must be
     */
    record Wait(
            long number,
            Wanted wanted,
            int nodes,
            Duration limit,
            long deadlineNanos,
            CompletableFuture<List<Provider>> future) {

        private static final Comparator<Wait> MODEST_FIRST =
                Comparator.comparingInt(Wait::nodes).thenComparingLong(Wait::number);

        private static final Comparator<Wait> EARLIEST_FIRST = (one, other) -> {
            long laterNanos = one.deadlineNanos - other.deadlineNanos; // a clock may pass its largest number
            return laterNanos == 0 ? Long.compare(one.number, other.number) : Long.signum(laterNanos);
        };
    }

    /**
     * Somebody who need not wait any more.
     *
     * @param providers who serves it
     * @param failure why they are of no interest
     */
    record Ended(
            CompletableFuture<List<Provider>> future,
            List<Provider> providers,
            @Nullable RuntimeException failure) {}

    private final ModuleNode module;
    private final Map<String, Map<Wanted, NavigableSet<Wait>>> byName = new HashMap<>();
    private final NavigableSet<Wait> byDeadline = new TreeSet<>(Wait.EARLIEST_FIRST);

    /** Names for which somebody waits since the last look. */
    private final Set<String> fresh = new HashSet<>();

    private long waits;

    ServiceWaits(ModuleNode module) {
        this.module = module;
    }

    /**
     * Somebody waits; {@link #look} is due.
     *
     * @param nodes how many nodes there must be
     * @param future of the node, to be told
     */
    Wait add(Wanted wanted, int nodes, Duration limit, long nowNanos, CompletableFuture<List<Provider>> future) {
        if (byDeadline.size() >= MAX_WAITS) {
            throw new RequestRefusedException(
                    "wait for " + wanted.service() + ": " + MAX_WAITS + " are waiting for services");
        }
        long limitNanos = limit.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : limit.toNanos();
        Wait wait = new Wait(++waits, wanted, nodes, limit, nowNanos + limitNanos, future);
        byName.computeIfAbsent(wanted.service(), name -> new HashMap<>())
                .computeIfAbsent(wanted, same -> new TreeSet<>(Wait.MODEST_FIRST))
                .add(wait);
        byDeadline.add(wait);
        fresh.add(wanted.service());
        return wait;
    }

    /** Somebody waits no longer. Does nothing if the wait has ended. */
    void remove(Wait wait) {
        if (!byDeadline.remove(wait)) {
            return;
        }
        Map<Wanted, NavigableSet<Wait>> ofName =
                byName.getOrDefault(wait.wanted().service(), Map.of());
        NavigableSet<Wait> same = ofName.get(wait.wanted());
        if (same != null && same.remove(wait) && same.isEmpty()) {
            ofName.remove(wait.wanted());
            if (ofName.isEmpty()) {
                byName.remove(wait.wanted().service());
            }
        }
    }

    /**
     * Takes out those for whom there are enough providers now, and those whose time is over.
     *
     * @param protocol knows who serves what
     * @param changed names of which that has changed
     * @param nowNanos the time
     * @return to be told
     */
    List<Ended> look(DirectoryProtocol protocol, Collection<String> changed, long nowNanos) {
        if (byDeadline.isEmpty()) {
            return List.of();
        }
        List<Ended> ended = new ArrayList<>();
        changed.forEach(name -> takeServed(name, protocol.known(), ended));
        fresh.forEach(name -> takeServed(name, protocol.known(), ended));
        fresh.clear();
        takeLate(protocol, nowNanos, ended);
        return ended;
    }

    private void takeServed(String name, KnownRecords known, List<Ended> ended) {
        Map<Wanted, NavigableSet<Wait>> ofName = byName.get(name);
        if (ofName == null) {
            return;
        }
        for (Iterator<Map.Entry<Wanted, NavigableSet<Wait>>> each =
                        ofName.entrySet().iterator();
                each.hasNext(); ) {
            Map.Entry<Wanted, NavigableSet<Wait>> same = each.next();
            takeServed(same.getKey(), same.getValue(), known, ended);
            if (same.getValue().isEmpty()) {
                each.remove();
            }
        }
        if (ofName.isEmpty()) {
            byName.remove(name);
        }
    }

    private void takeServed(Wanted wanted, NavigableSet<Wait> modestFirst, KnownRecords known, List<Ended> ended) {
        int nodes = known.nodes(wanted.service(), wanted.version());
        if (modestFirst.first().nodes() > nodes) {
            return;
        }
        List<Provider> providers = known.providers(wanted.service(), wanted.version());
        while (!modestFirst.isEmpty() && modestFirst.first().nodes() <= nodes) {
            Wait met = modestFirst.first();
            modestFirst.remove(met);
            byDeadline.remove(met);
            ended.add(new Ended(met.future(), providers, null));
        }
    }

    private void takeLate(DirectoryProtocol protocol, long nowNanos, List<Ended> ended) {
        List<String> names = List.of();
        while (!byDeadline.isEmpty() && nowNanos - byDeadline.first().deadlineNanos() >= 0) {
            Wait late = byDeadline.first();
            remove(late);
            names = names.isEmpty() ? protocol.someNames() : names;
            String what = late.nodes() + " providers of " + late.wanted() + "; known services: " + names;
            ended.add(new Ended(late.future(), List.of(), new RequestTimeoutException(what, late.limit())));
        }
    }

    /** Takes out everybody, because the node closes. */
    List<Ended> takeAll(String nodeName) {
        List<Ended> ended = new ArrayList<>();
        byDeadline.forEach(wait -> ended.add(new Ended(wait.future(), List.of(), new NodeClosedException(nodeName))));
        byDeadline.clear();
        byName.clear();
        return ended;
    }

    /** How long nobody's time is over; {@link Long#MAX_VALUE} if it is for ever. */
    long idleNanos(long nowNanos) {
        return byDeadline.isEmpty()
                ? Long.MAX_VALUE
                : Math.max(0, byDeadline.first().deadlineNanos() - nowNanos);
    }

    /** Tells those who have waited. */
    void tell(List<Ended> ended) {
        for (Ended each : ended) {
            if (each.failure() == null) {
                module.complete(each.future(), each.providers());
            } else {
                module.fail(each.future(), each.failure());
            }
        }
    }

    /**
     * Lets a thread wait.
     *
     * @param module of the node whose loop must not wait, and with which the wait ends
     * @param future of a wait
     * @throws InterruptedException if it is interrupted; the wait ends then
     */
    static <T> T await(ModuleNode module, CompletableFuture<T> future) throws InterruptedException {
        try {
            module.await(future, LONGEST); // it ends by its own limit, or with the node
            return future.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException reason) {
                throw reason;
            }
            throw failed;
        } finally {
            future.cancel(false);
        }
    }
}
