package io.chaski.core.internal.protocol.topic;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.FrameBudget;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How much this node carries for others, over all topics: decides whether one more client may have a lease, and says no
 * with a reason. Who the clients are is each topic's business, see {@link Clients}. Confined to the node's event loop.
 */
final class Leases {

    /** A client that falls silent is carried on for this long; it renews three times as often. */
    static final long NANOS = TimeUnit.SECONDS.toNanos(90);

    /** Topics carried at a time: each may hold a payload cache, within what the node may keep of messages at all. */
    static final int MAX_TOPICS = 256;

    /** Clients of one topic: each may cost one copy of each message, as many as there may be guests. */
    static final int MAX_CLIENTS = Guests.MAX;

    /** Topics of one client, so that eight greedy ones are needed to take all there are. */
    static final int MAX_TOPICS_OF_CLIENT = 32;

    /** A client asks for each of its topics at once and renews each every half minute. */
    private static final int FRAMES_PER_SECOND = 2 * MAX_TOPICS_OF_CLIENT;

    private final ProtocolContext context;
    private final FrameBudget budget = new FrameBudget(FRAMES_PER_SECOND);
    /** Number of leases; never iterated. */
    private final Map<Peer, Integer> topicsOf = new HashMap<>();

    private int topics;
    private boolean wasFull;

    Leases(ProtocolContext context) {
        this.context = context;
    }

    /** Whether the peer may still send a frame about being carried this second. */
    boolean isWithinRate(Peer from) {
        boolean isWithin = budget.take(from.id(), 0, context.nowNanos());
        if (!isWithin) {
            from.misbehaved("relay.rate");
        }
        return isWithin;
    }

    /**
     * Whether a peer may become a client; if not, it is told.
     *
     * @param clients how many the topic has; 0 if it is not carried yet
     */
    boolean admits(Peer from, TopicRef topic, Neighbor ask, int clients) {
        if (!context.descriptor().relay() || !from.maySubscribe(topic)) {
            refuse(from, topic, ask, false, "relay.refused-unoffered");
        } else if (clients == 0 && topics >= MAX_TOPICS) {
            tellFull();
            refuse(from, topic, ask, true, "relay.refused-topics");
        } else if (clients >= MAX_CLIENTS) {
            refuse(from, topic, ask, true, "relay.refused-clients");
        } else if (topicsOf.getOrDefault(from, 0) >= MAX_TOPICS_OF_CLIENT) {
            refuse(from, topic, ask, true, "relay.refused-client-topics");
        } else {
            return true;
        }
        return false;
    }

    private void refuse(Peer from, TopicRef topic, Neighbor ask, boolean isFull, String reason) {
        context.counters().increment(reason);
        from.send(new NeighborNack(from.alias(topic), ask.generation(), isFull, List.of()));
    }

    private void tellFull() {
        if (!wasFull) {
            wasFull = true;
            context.outbox().emit(new NodeEvent.LimitReached("topics carried for others", MAX_TOPICS));
        }
    }

    void onTopicBegun() {
        topics++;
    }

    void onTopicEnded() {
        topics--;
        wasFull = false;
    }

    void onBegun(Peer client) {
        context.counters().increment("relay.leases");
        topicsOf.merge(client, 1, Integer::sum);
    }

    void onEnded(Peer client) {
        topicsOf.computeIfPresent(client, (unused, count) -> count == 1 ? null : count - 1);
    }

    void onPeerDown(Peer peer) {
        budget.forget(peer.id());
    }
}
