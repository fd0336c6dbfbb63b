package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What peers have open here: so many in all, of one peer a part of that, so that no peer keeps the others out, and none
 * for longer than it is used. Thread-safe.
 *
 * @param <E> an exchange
 */
final class OpenExchanges<E extends OpenExchanges.Exchange> {

    /** Something that a peer has opened. */
    interface Exchange {

        NodeId peer();

        /** When it was used last, on the clock that {@link #idleSince} is asked by; now, if it is in use. */
        long usedNanos();
    }

    private final int most;
    private final int mostPerPeer;
    private final Map<NodeId, Integer> perPeer = new HashMap<>();
    private final Set<E> all = new LinkedHashSet<>();
    private boolean isClosed;

    OpenExchanges(int most, int mostPerPeer) {
        this.most = most;
        this.mostPerPeer = mostPerPeer;
    }

    /** Counts it; false if there are too many already, of all or of its peer, or it is too late. */
    synchronized boolean add(E exchange) {
        int ofPeer = perPeer.getOrDefault(exchange.peer(), 0);
        if (isClosed || all.size() >= most || ofPeer >= mostPerPeer || !all.add(exchange)) {
            return false;
        }
        perPeer.put(exchange.peer(), ofPeer + 1);
        return true;
    }

    /** Does nothing the second time. */
    synchronized void remove(E exchange) {
        if (all.remove(exchange)) {
            perPeer.computeIfPresent(exchange.peer(), (peer, open) -> open > 1 ? open - 1 : null);
        }
    }

    /** Those that have not been used since then. */
    synchronized List<E> idleSince(long nanos) {
        return all.stream().filter(exchange -> exchange.usedNanos() - nanos < 0).toList();
    }

    /** No more are taken; those that are there still. */
    synchronized List<E> close() {
        isClosed = true;
        return new ArrayList<>(all);
    }
}
