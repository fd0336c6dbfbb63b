package io.chaski.remote.internal.wire;

import io.chaski.core.NodeId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many calls of some kind are under way with each peer, and with all of them. Thread-safe. */
public final class PeerSlots {

    /** Sixteen peers that use all they may: each call may hold a thread. */
    static final int MAX_OF_ALL = 16_384;

    private final int maxPerPeer;
    private final int maxOfAll;
    private final Map<NodeId, Integer> taken = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();

    /**
     * Slots that are all free.
     *
     * @param maxPerPeer most calls with one peer
     */
    public PeerSlots(int maxPerPeer) {
        this(maxPerPeer, MAX_OF_ALL);
    }

    /**
     * Slots that are all free.
     *
     * @param maxPerPeer most with one peer
     * @param maxOfAll most with all of them
     */
    public PeerSlots(int maxPerPeer, int maxOfAll) {
        this.maxPerPeer = maxPerPeer;
        this.maxOfAll = maxOfAll;
    }

    /**
     * Takes a slot if one is free.
     *
     * @param peer whose
     * @return whether one was
     */
    public boolean tryTake(NodeId peer) {
        if (all.incrementAndGet() > maxOfAll) {
            all.decrementAndGet();
            return false;
        }
        boolean[] isTaken = new boolean[1];
        taken.compute(peer, (same, count) -> {
            int before = count == null ? 0 : count;
            isTaken[0] = before < maxPerPeer;
            return isTaken[0] ? Integer.valueOf(before + 1) : count;
        });
        if (!isTaken[0]) {
            all.decrementAndGet();
        }
        return isTaken[0];
    }

    /**
     * Gives a slot back.
     *
     * @param peer whose
     */
    public void giveBack(NodeId peer) {
        taken.computeIfPresent(peer, (same, count) -> count == 1 ? null : count - 1);
        all.decrementAndGet();
    }

    /**
     * How many are taken.
     *
     * @param peer whose
     */
    public int taken(NodeId peer) {
        return taken.getOrDefault(peer, 0);
    }
}
