package io.chaski.testkit.simulation;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.EdgeDown;
import java.util.List;

/** What waits at the sending ends of connections, and which of these were given up. */
final class Queues {

    /**
     * At half of it a sender is told that the connection takes no more for now. At sixteen times as much the connection fails, which
     * must never be what bounds a queue.
     */
    private static final long MOST_KIB = 1_024;

    private Queues() {}

    /** The most that ever waited at one end of a connection. */
    static Gate fullest(List<SimulatedNode> nodes) {
        long bytes = nodes.stream()
                .mapToLong(node -> node.machine().mostQueuedBytes())
                .max()
                .orElse(0);
        return Gate.atMost("fullest queue of a connection, KiB", bytes / 1_024.0, MOST_KIB);
    }

    /** Edges that were closed, as far as the nodes' records go, because the other end took nothing for 10 s. */
    static long closedAsSlow(List<SimulatedNode> nodes) {
        return nodes.stream()
                .flatMap(node -> node.events().stream())
                .filter(event -> event instanceof EdgeDown down && down.reason() == CloseReason.SLOW_CONSUMER)
                .count();
    }

    /** Nobody stops reading, so there is no such edge. */
    static Gate noneClosed(long closedAsSlow) {
        return Gate.atMost("connections closed as too slow", (double) closedAsSlow, 0);
    }
}
