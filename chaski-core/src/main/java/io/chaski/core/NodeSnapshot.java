package io.chaski.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state of a node at one moment. Immutable; taking one does not disturb the node.
 *
 * @param id who
 * @param name its label
 * @param cluster its cluster
 * @param epoch its incarnation
 * @param state stage of its life
 * @param addresses where it can be reached
 * @param edges edges that are up, in the order they came up
 * @param reconnecting configured addresses that are down and being dialled again
 * @param topics topics the node subscribes to or publishes on, by name
 * @param counters what was dropped, refused or repaired, by name
 */
public record NodeSnapshot(
        NodeId id,
        String name,
        String cluster,
        long epoch,
        State state,
        List<Address> addresses,
        List<EdgeSnapshot> edges,
        List<Address> reconnecting,
        List<TopicSnapshot> topics,
        Map<String, Long> counters) {

    /** Copies the collections. */
    public NodeSnapshot {
        addresses = List.copyOf(addresses);
        edges = List.copyOf(edges);
        reconnecting = List.copyOf(reconnecting);
        topics = List.copyOf(topics);
        counters = Map.copyOf(counters);
    }

    /** Stage of a node's life. */
    public enum State {
        /** Listening and talking. */
        RUNNING,
        /** Saying goodbye. */
        CLOSING,
        /** Gone; its ports are free. */
        CLOSED
    }

    /**
     * One edge.
     *
     * @param peer the other node
     * @param name its label
     * @param epoch its incarnation
     * @param local our end, empty where it has no address: UNIX sockets and in-process connections
     * @param remote its end
     * @param outbound whether this node dialled
     * @param since when the edge came up
     * @param latency round-trip times
     * @param topics topics with an active link on this edge
     * @param streams number of open streams
     * @param writable whether the connection takes more bytes
     */
    public record EdgeSnapshot(
            NodeId peer,
            String name,
            long epoch,
            Optional<Address> local,
            Address remote,
            boolean outbound,
            Instant since,
            Latency latency,
            List<String> topics,
            int streams,
            boolean writable) {
        /** Copies the list. */
        public EdgeSnapshot {
            topics = List.copyOf(topics);
        }
    }

    /**
     * Round-trip times of an edge (RFC 6298): smoothed value and variation, which is what people call jitter.
     *
     * @param samples number of measurements since the last reset; with 0 all times are zero
     * @param smoothed smoothed round-trip time
     * @param variation smoothed mean deviation
     * @param minimum smallest measurement
     * @param last latest measurement
     */
    public record Latency(long samples, Duration smoothed, Duration variation, Duration minimum, Duration last) {
        /** Before the first measurement and after a reset. */
        public static final Latency NONE = new Latency(0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /**
     * One topic.
     *
     * @param name name of the topic
     * @param subscribed whether this node is a member
     * @param neighbours nodes with an active link of this topic
     * @param eager those of them that messages are sent to unasked
     * @param known number of other members known but not linked
     * @param sources number of publishers seen
     * @param published messages published here
     * @param delivered messages delivered to this node
     * @param duplicates messages that arrived again and were dropped
     * @param missing messages reported as gaps
     * @param cachedMessages messages kept to repair others
     * @param cachedBytes bytes they take
     */
    public record TopicSnapshot(
            String name,
            boolean subscribed,
            List<NodeId> neighbours,
            List<NodeId> eager,
            int known,
            int sources,
            long published,
            long delivered,
            long duplicates,
            long missing,
            int cachedMessages,
            long cachedBytes) {
        /** Copies the lists. */
        public TopicSnapshot {
            neighbours = List.copyOf(neighbours);
            eager = List.copyOf(eager);
        }
    }
}
