package io.chaski.core;

import io.chaski.core.security.PeerIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The connection to one other node, whatever the number of topics and streams on it. The object stays with its peer
 * while the edge stands; once down it is never up again. Thread-safe.
 *
 * <pre>
 *   up --- close(), goodbye of the peer, silence, a newer edge ---> down
 * </pre>
 */
public interface Edge {

    /** A datagram stays below every path MTU that is in use, minus the envelope. */
    int MAX_DATAGRAM_BYTES = 1_152;

    /** The other node. */
    NodeId peer();

    /** Its label; may repeat among nodes. */
    String name();

    /**
     * Who the other node has proved to be: what its newest connection has shown. Empty where nodes have no identities.
     * Its {@link PeerIdentity#nodeId()} is {@link #peer()}.
     */
    Optional<PeerIdentity> identity();

    /** Whether the edge stands. */
    boolean isUp();

    /**
     * Everything that is known of the edge now: addresses, round-trip times, since when, topics. Empty once it is
     * down. Waits for the node's event loop, for an instant.
     *
     * @throws RequestTimeoutException if the event loop is busy for ten seconds
     * @throws java.util.concurrent.CancellationException if the caller is interrupted, which it then still is
     * @throws IllegalStateException if called on an event loop
     */
    Optional<NodeSnapshot.EdgeSnapshot> snapshot();

    /**
     * Round-trip times, smoothed after RFC 6298; {@link NodeSnapshot.Latency#NONE} once the edge is down. Waits as
     * {@link #snapshot()} does.
     *
     * @throws IllegalStateException if called on an event loop
     */
    default NodeSnapshot.Latency latency() {
        return snapshot().map(NodeSnapshot.EdgeSnapshot::latency).orElse(NodeSnapshot.Latency.NONE);
    }

    /**
     * Names of the topics that have a link on this edge. Waits as {@link #snapshot()} does.
     *
     * @throws IllegalStateException if called on an event loop
     */
    default List<String> topics() {
        return snapshot().map(NodeSnapshot.EdgeSnapshot::topics).orElse(List.of());
    }

    /**
     * Measures a round trip. Several may be under way at once; above about ten a second or 1 MiB a second they are sent
     * one after the other, as the peer tolerates. The future fails with
     *
     * <ul>
     *   <li>{@link EdgeClosedException} if the edge goes down first,
     *   <li>{@link RequestTimeoutException} if there is no answer within 10 s,
     *   <li>{@link RequestRefusedException} if 1,024 are under way or waiting.
     * </ul>
     *
     * @param sizeBytes filler sent along, 0 up to 1 MiB or what fits the largest frame of this node
     * @throws IllegalArgumentException if it is larger
     */
    CompletableFuture<Duration> ping(int sizeBytes);

    /** Measures a round trip of an empty ping. */
    default CompletableFuture<Duration> ping() {
        return ping(0);
    }

    /** Forgets the round-trip times measured so far. Does not wait. */
    void resetLatency();

    /**
     * Sends a best-effort message over UDP, perhaps in vain. Does not wait. The peer reads 10,000 of them a second of
     * one edge; what is above is dropped and counted there, and the sender does not hear of it. Between nodes with
     * identities it is encrypted, comes at most once, and is believed only from this peer; where there is a policy, both
     * need the right {@code rpc.call} for {@code chaski.datagram}.
     *
     * @param payload at most {@value #MAX_DATAGRAM_BYTES} bytes; copied
     * @throws IllegalArgumentException if it is larger
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not send any
     */
    void sendDatagram(byte[] payload);

    /**
     * Closes the edge and tells the peer so. It is not dialled again unless its address is a configured one. Does
     * nothing once the edge is down. Does not wait for that.
     */
    void close();
}
