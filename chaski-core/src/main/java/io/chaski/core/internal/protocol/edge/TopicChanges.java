package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.WireLimits;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which subscriptions of one peer have changed since the rest of the node was told. A change costs the peer eight bytes
 * and may cost this node a descriptor, an entry in the index and a request to the peer, so that telling has a budget:
 * changes beyond it are told together, a moment later. What the peer subscribes to is always up to date. Confined to
 * the node's event loop.
 */
final class TopicChanges {

    /** A node that subscribes to some topics when it starts, one after the other, is heard without delay. */
    static final int BURST = 64;

    /** Who changes more often than this all the time is heard with a delay of a sixteenth of a second. */
    static final int PER_SECOND = 16;

    /** All that may be known of a peer, once over. More is told at once, which costs as much as its bytes by then. */
    private static final int MAX_PENDING = 2 * WireLimits.MAX_TOPICS;

    private final EdgeContext context;
    private final Runnable news;
    private final TokenBucket budget = new TokenBucket(PER_SECOND, BURST);
    private final Set<Long> pending = new LinkedHashSet<>();
    private final Timers.Timer timer;

    /**
     * Nothing has changed.
     *
     * @param context the node
     * @param news tells the rest of the node, which is to {@link #take} what has changed
     */
    TopicChanges(EdgeContext context, Runnable news) {
        this.context = context;
        this.news = news;
        this.timer = context.timers().timer(this::tell);
    }

    /** A subscription has changed; {@link #tell} follows when all that came together are noted. */
    void note(long hash) {
        pending.add(hash);
    }

    /** Tells what has changed, now or when the budget allows. */
    void tell() {
        long now = context.nowNanos();
        if (pending.size() >= MAX_PENDING) {
            context.counters().increment("topics.too-many-to-wait");
            timer.cancel();
            news.run();
            return;
        }
        if (pending.isEmpty() || timer.isArmed()) {
            return;
        }
        if (budget.tryTake(1, now)) {
            news.run();
        } else {
            context.counters().increment("topics.told-later");
            timer.armAt(now + budget.nanosUntil(1, now));
        }
    }

    /** The hashes that have changed since the last call, in the order they first did. */
    List<Long> take() {
        List<Long> changed = List.copyOf(pending);
        pending.clear();
        return changed;
    }

    /** The edge is gone. */
    void close() {
        timer.cancel();
        pending.clear();
    }
}
