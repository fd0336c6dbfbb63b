package io.chaski.core.internal.runtime;

import io.chaski.core.ChaskiException;
import io.chaski.core.Edge;
import io.chaski.core.EdgeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.EdgeSnapshot;
import io.chaski.core.RequestRefusedException;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.security.PeerIdentity;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One edge as the application sees it: what is known at once, and questions to the loop for the rest. Thread-safe. */
final class LiveEdge implements Edge {

    private final NodeId peer;
    private final EdgeTable table;

    private volatile String name;
    private volatile boolean isUp = true;
    private volatile @Nullable PeerIdentity identity;

    LiveEdge(NodeId peer, String name, EdgeTable table) {
        this.peer = peer;
        this.name = name;
        this.table = table;
    }

    void rename(String newName) {
        name = newName;
    }

    void identify(PeerIdentity proved) {
        identity = proved;
    }

    void onDown() {
        isUp = false;
    }

    @Override
    public NodeId peer() {
        return peer;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<PeerIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    @Override
    public boolean isUp() {
        return isUp;
    }

    @Override
    public Optional<EdgeSnapshot> snapshot() {
        if (!isUp) {
            return Optional.empty();
        }
        return table.queries().snapshot().edges().stream()
                .filter(edge -> edge.peer().equals(peer))
                .findFirst();
    }

    @Override
    public CompletableFuture<Duration> ping(int sizeBytes) {
        if (sizeBytes < 0 || sizeBytes > table.maxPingBytes()) {
            throw new IllegalArgumentException("a ping carries 0 to " + table.maxPingBytes() + " bytes: " + sizeBytes);
        }
        if (!isUp) {
            return CompletableFuture.failedFuture(new EdgeClosedException(peer, "ping"));
        }
        return table.pending()
                .ask((protocol, nowNanos, roundTrip) -> protocol.ping(
                        peer,
                        sizeBytes,
                        new NodeProtocol.Ponged() {
                            @Override
                            public void onPong(long rttNanos) {
                                roundTrip.succeed(Duration.ofNanos(rttNanos));
                            }

                            @Override
                            public void onFailed(NodeProtocol.PingFailure why) {
                                roundTrip.fail(failure(why, sizeBytes));
                            }
                        },
                        nowNanos));
    }

    private ChaskiException failure(NodeProtocol.PingFailure why, int sizeBytes) {
        String what = "ping of " + sizeBytes + " bytes to " + peer.shortForm();
        return switch (why) {
            case CLOSED -> new EdgeClosedException(peer, "ping");
            case NO_ANSWER -> new RequestTimeoutException(what, Edges.PING_DEADLINE);
            case TOO_MANY ->
                new RequestRefusedException(what + ": " + Edges.MAX_PINGS + " pings of this edge are under way");
        };
    }

    @Override
    public void resetLatency() {
        tell((protocol, nowNanos) -> protocol.resetLatency(peer));
    }

    @Override
    public void sendDatagram(byte[] payload) {
        if (payload.length > MAX_DATAGRAM_BYTES) {
            throw new IllegalArgumentException(
                    "a datagram carries at most " + MAX_DATAGRAM_BYTES + " bytes: " + payload.length);
        }
        table.requireDatagrams();
        ArrayPayload copy = ArrayPayload.owning(payload.clone());
        // Best effort: there is nothing to do about one that did not leave.
        tell((protocol, nowNanos) -> protocol.sendDatagram(peer, copy, nowNanos));
    }

    @Override
    public void close() {
        tell((protocol, nowNanos) -> protocol.disconnect(peer, nowNanos));
    }

    /** The peer may have come back by the time the loop gets to it: then the edge is another one, and stays. */
    private void tell(NodeLoop.Task task) {
        if (isUp) {
            table.loop().execute((protocol, nowNanos) -> {
                if (isUp) {
                    task.run(protocol, nowNanos);
                }
            });
        }
    }

    @Override
    public String toString() {
        return "edge to " + name + " (" + peer.shortForm() + (isUp ? ")" : ", down)");
    }
}
