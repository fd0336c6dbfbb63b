package io.chaski.core;

import io.chaski.core.security.PeerIdentity;
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
 * @param topics topics the node subscribes to, publishes on or carries for others, by name
 * @param queues what waits for the callbacks of each subscription, by topic, and in the order they were made
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
        List<QueueSnapshot> queues,
        Map<String, Long> counters) {

    /** Copies the collections. */
    public NodeSnapshot {
        addresses = List.copyOf(addresses);
        edges = List.copyOf(edges);
        reconnecting = List.copyOf(reconnecting);
        topics = List.copyOf(topics);
        queues = List.copyOf(queues);
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
     * @param identity who the other node has proved to be; empty where nodes have no identities
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
            boolean writable,
            Optional<PeerIdentity> identity) {
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
     * @param rates how fast {@code published} and {@code delivered} grow
     * @param relay the node that carries the topic for this one, because members cannot be reached; it is no neighbour
     * @param clients number of subscribers this node carries the topic for; they are no neighbours
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
            long cachedBytes,
            Rates rates,
            Optional<NodeId> relay,
            int clients) {
        /** Copies the lists. */
        public TopicSnapshot {
            neighbours = List.copyOf(neighbours);
            eager = List.copyOf(eager);
        }
    }

    /**
     * Messages a second of one topic, over the last ten full seconds of the node. The counts are read once a second and
     * not at each message, so what happened since the last reading shows within a second. While a topic is younger than
     * ten seconds the window is shorter.
     *
     * @param window what the rates are taken over, about 10 s; zero, as the rates, before the first full second
     * @param published messages published here, a second
     * @param delivered messages delivered to this node, a second
     */
    public record Rates(Duration window, double published, double delivered) {
        /** Before the first full second, and of a node that has closed. */
        public static final Rates NONE = new Rates(Duration.ZERO, 0, 0);
    }

    /**
     * The queue between the event loop and the callbacks of one subscription. It is full when either bound is reached;
     * its {@link OverflowPolicy} then decides. With {@link Dispatch#INLINE} nothing waits, so it is always empty.
     *
     * @param topic name of the topic
     * @param messages messages waiting, at most {@code capacity}
     * @param bytes bytes they take; above {@code capacityBytes} only when a single message is larger
     * @param capacity how many messages may wait
     * @param capacityBytes how many bytes may wait
     * @param dropped messages given up so far because it was full
     */
    public record QueueSnapshot(
            String topic, int messages, long bytes, int capacity, long capacityBytes, long dropped) {}
}
