package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts frames per peer, kind and second. Peers leave the table when their edge goes down, so it has at most as many
 * entries as there are edges. Confined to the node's event loop.
 */
public final class FrameBudget {

    private static final long WINDOW_NANOS = 1_000_000_000L;

    private static final class Window {
        private long sinceNanos;
        private final int[] used;

        private Window(int kinds, long nowNanos) {
            used = new int[kinds];
            sinceNanos = nowNanos;
        }
    }

    private final int[] perSecond;
    /** For look-ups only; never iterated. */
    private final Map<NodeId, Window> windows = new HashMap<>();

    /**
     * A budget per peer.
     *
     * @param perSecond frames of each kind that are accepted in each second
     */
    public FrameBudget(int... perSecond) {
        this.perSecond = perSecond.clone();
    }

    /**
     * Takes one frame from the budget.
     *
     * @param peer who sent it
     * @param kind index into the limits
     * @param nowNanos the time
     * @return whether the frame is within the budget
     */
    public boolean take(NodeId peer, int kind, long nowNanos) {
        Window window = windows.get(peer);
        if (window == null) {
            window = new Window(perSecond.length, nowNanos);
            windows.put(peer, window);
        }
        if (nowNanos - window.sinceNanos >= WINDOW_NANOS) {
            window.sinceNanos = nowNanos;
            Arrays.fill(window.used, 0);
        }
        if (window.used[kind] >= perSecond[kind]) {
            return false;
        }
        window.used[kind]++;
        return true;
    }

    /**
     * Forgets a peer whose edge is down.
     *
     * @param peer who
     */
    public void forget(NodeId peer) {
        windows.remove(peer);
    }
}
