package io.chaski.remote.internal.directory;

import io.chaski.core.RequestRefusedException;
import io.chaski.remote.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/** Those who wait for a service to be there. Confined to one thread at a time; completes nothing itself. */
final class ServiceWaits {

    /** As many threads as a process may have, and more. */
    static final int MAX_WAITS = 10_000;

    /**
     * Somebody who waits.
     *
     * @param which the providers that count
     * @param nodes how many nodes there must be
     */
    record Wait(
            String service,
            Predicate<? super Provider> which,
            int nodes,
            Duration limit,
            long deadlineNanos,
            CompletableFuture<List<Provider>> future) {

        /** The providers that count, if they are enough. */
        boolean isMetBy(List<Provider> providers) {
            return matching(providers).stream().map(Provider::node).distinct().count() >= nodes;
        }

        List<Provider> matching(List<Provider> providers) {
            return providers.stream().filter(which).toList();
        }
    }

    private final List<Wait> waits = new ArrayList<>();

    void add(Wait wait) {
        if (waits.size() >= MAX_WAITS) {
            throw new RequestRefusedException(
                    "wait for " + wait.service() + ": " + MAX_WAITS + " are waiting for services");
        }
        waits.add(wait);
    }

    void remove(CompletableFuture<?> future) {
        waits.removeIf(wait -> wait.future() == future);
    }

    /** Takes out those for whom there are enough providers now. */
    List<Wait> met(Function<String, List<Provider>> providers) {
        return takeOut(wait -> wait.isMetBy(providers.apply(wait.service())));
    }

    /** Takes out those whose time is over. */
    List<Wait> expired(long nowNanos) {
        return takeOut(wait -> nowNanos - wait.deadlineNanos() >= 0);
    }

    List<Wait> all() {
        return takeOut(wait -> true);
    }

    private List<Wait> takeOut(Predicate<Wait> which) {
        List<Wait> out = new ArrayList<>();
        for (Iterator<Wait> each = waits.iterator(); each.hasNext(); ) {
            Wait wait = each.next();
            if (which.test(wait)) {
                each.remove();
                out.add(wait);
            }
        }
        return out;
    }

    /** How long nobody's time is over; {@link Long#MAX_VALUE} if it is for ever. */
    long idleNanos(long nowNanos) {
        long idleNanos = Long.MAX_VALUE;
        for (Wait wait : waits) {
            idleNanos = Math.min(idleNanos, wait.deadlineNanos() - nowNanos);
        }
        return Math.max(0, idleNanos);
    }
}
