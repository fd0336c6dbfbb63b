package io.chaski.core.internal.protocol.topic;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.protocol.member.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whom this node may ask to carry topics: those who offer it, but not those who have just refused or were not there, and
 * none for more topics than one client may have. Confined to the node's event loop.
 */
final class Relays {

    /** A lease that ends makes room; asking more often than its holders renew finds none. */
    private static final long REST_NANOS = Leases.NANOS / 3;

    /** As many as can be asked in that time. */
    private static final int MAX_RESTING = 64;

    private final ProtocolContext context;
    private final Discovery discovery;
    private final Map<NodeId, Long> resting = new LinkedHashMap<>();
    /** Topics each carries for this node, or is asked to; never iterated. */
    private final Map<NodeId, Integer> topicsAt = new HashMap<>();

    Relays(ProtocolContext context, Discovery discovery) {
        this.context = context;
        this.discovery = discovery;
    }

    /** A relay with an edge, null if none fits. */
    @Nullable
    Peer standing(Predicate<Peer> fits) {
        List<Peer> some = new ArrayList<>();
        for (Peer peer : context.peers().all()) {
            if (peer.descriptor().relay() && isAskable(peer.id()) && fits.test(peer)) {
                some.add(peer);
            }
        }
        return some.isEmpty() ? null : some.get(context.random().nextInt(some.size()));
    }

    /** A relay without an edge, null if none is known. */
    View.@Nullable Entry absent() {
        List<View.Entry> some = new ArrayList<>();
        for (View.Entry entry : discovery.relays()) {
            if (entry.descriptor().relay()
                    && isAskable(entry.id())
                    && context.peers().get(entry.id()) == null) {
                some.add(entry);
            }
        }
        return some.isEmpty() ? null : some.get(context.random().nextInt(some.size()));
    }

    /** Whether there is one that carries as many topics for this node as it may. */
    boolean isAnyExhausted() {
        return topicsAt.containsValue(Leases.MAX_TOPICS_OF_CLIENT);
    }

    boolean isAskable(NodeId id) {
        return resting.getOrDefault(id, Long.MIN_VALUE) <= context.nowNanos()
                && topicsAt.getOrDefault(id, 0) < Leases.MAX_TOPICS_OF_CLIENT;
    }

    /** It has refused or is not there: others are asked first. */
    void rest(NodeId id) {
        resting.values().removeIf(untilNanos -> untilNanos <= context.nowNanos());
        if (resting.size() < MAX_RESTING) {
            resting.put(id, context.nowNanos() + REST_NANOS);
        }
    }

    void onAsked(NodeId id) {
        topicsAt.merge(id, 1, Integer::sum);
    }

    void onEnded(NodeId id) {
        topicsAt.computeIfPresent(id, (unused, count) -> count == 1 ? null : count - 1);
    }
}
