package io.chaski.core.internal.protocol.edge;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.TableAudience;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which incarnations of other nodes have been seen, and which are believable. Without certificates nobody can prove
 * an id, so an epoch counts only once both sides have completed the handshake, and never if it is so high that the
 * node it belongs to could not go above it. Confined to the node's event loop.
 */
final class Epochs {

    /**
     * An epoch is the time of day at a start, in milliseconds, or one more than the last; this much ahead of ours it is
     * a lie. A hundred years: a machine without a clock starts in 1970 and must believe those that have one, and nobody
     * who is told of a higher epoch runs out of numbers when he goes above it.
     */
    static final long MAX_AHEAD_MILLIS = TimeUnit.DAYS.toMillis(36_525);

    /** Ids whose epoch is remembered after their edge is gone; the longest unseen is forgotten. */
    private static final int MAX_SEEN = 4_096;

    private final EdgeContext context;
    private final Map<NodeId, Long> seen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Long> eldest) {
            return size() > MAX_SEEN;
        }
    };

    Epochs(EdgeContext context) {
        this.context = context;
    }

    boolean isPlausible(long epoch) {
        return epoch >= 0 && epoch - context.wallClockMillis() <= MAX_AHEAD_MILLIS;
    }

    /**
     * Whether this node may go on above an epoch. Only half as far as others would believe: their clocks may be behind
     * ours, and whoever goes on at the very limit is believed by nobody.
     */
    boolean mayBeExceeded(long epoch) {
        return epoch >= 0 && epoch - context.wallClockMillis() <= MAX_AHEAD_MILLIS / 2;
    }

    /** The highest epoch with which an edge to this node has been up, -1 if none is remembered. */
    long lastSeen(NodeId id) {
        return seen.getOrDefault(id, -1L);
    }

    void tellTables(TableAudience audience) {
        audience.hear("incarnations seen", seen.size(), MAX_SEEN);
    }

    /** An edge to this incarnation is up: an earlier one will be refused from now on. */
    void onUp(NodeId id, long epoch) {
        seen.merge(id, epoch, Math::max);
    }
}
