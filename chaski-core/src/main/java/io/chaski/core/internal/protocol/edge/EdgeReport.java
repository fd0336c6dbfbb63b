package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.EdgeSnapshot;
import io.chaski.core.internal.protocol.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A look at the edges. Confined to the node's event loop; what it returns is not. */
public final class EdgeReport {

    private final EdgeContext context;
    private final EdgeTable edges;
    private final ConfiguredPeers configured;
    private final Dials dials;

    EdgeReport(EdgeContext context, EdgeTable edges, ConfiguredPeers configured, Dials dials) {
        this.context = context;
        this.edges = edges;
        this.configured = configured;
        this.dials = dials;
    }

    /**
     * The edges in the order they came up.
     *
     * @param topics topics with a link on an edge
     * @param streams number of open streams of an edge
     */
    public List<EdgeSnapshot> snapshots(Function<Peer, List<String>> topics, ToIntFunction<Peer> streams) {
        return edges.all().stream()
                .map(edge -> new EdgeSnapshot(
                        edge.id(),
                        edge.name(),
                        edge.epoch(),
                        Optional.ofNullable(context.outbox().local(edge.current().number)),
                        edge.remoteAddress(),
                        edge.isOutbound(),
                        since(edge),
                        edge.latency().snapshot(),
                        topics.apply(edge),
                        streams.applyAsInt(edge),
                        edge.isWritable(),
                        Optional.ofNullable(edge.identity())))
                .toList();
    }

    /** Smoothed round-trip times of the edges that have been measured, in the order the edges came up. */
    public Map<NodeId, Duration> roundTrips() {
        Map<NodeId, Duration> times = new LinkedHashMap<>();
        for (Edge edge : edges.all()) {
            if (edge.rttNanos() > 0) {
                times.put(edge.id(), Duration.ofNanos(edge.rttNanos()));
            }
        }
        return times;
    }

    /** Configured addresses, bootstrap addresses among them, that are down and dialled again. */
    public List<Address> reconnecting() {
        List<Address> down = new ArrayList<>(configured.reconnecting());
        for (Address bootstrap : context.bootstrap()) {
            if (!down.contains(bootstrap) && !dials.leadsToSelf(bootstrap) && !isUp(bootstrap)) {
                down.add(bootstrap);
            }
        }
        return down;
    }

    /** Whether an edge stands to the node that was last found at an address. */
    public boolean isUp(Address address) {
        Dials.Outcome outcome = dials.outcome(address);
        NodeId node = outcome == null ? null : outcome.node();
        return edges.all().stream()
                .anyMatch(edge -> edge.id().equals(node)
                        || edge.links().stream().anyMatch(link -> link.outbound && link.dialled.equals(address)));
    }

    /** Whether an address is this node's own. */
    public boolean leadsToSelf(Address address) {
        return dials.leadsToSelf(address);
    }

    /** Why the last dial of an address made no connection, null if it did or there was none. */
    public @Nullable DialFailure dialFailure(Address address) {
        Dials.Outcome outcome = dials.outcome(address);
        return outcome == null ? null : outcome.failure();
    }

    /** Why the last connection to an address made no edge, null if it did or there was none. */
    public @Nullable CloseReason refusal(Address address) {
        Dials.Outcome outcome = dials.outcome(address);
        return outcome == null ? null : outcome.refused();
    }

    /**
     * The same for whoever asked for an edge to an address.
     *
     * @param address where to
     */
    public ConnectFailedException connectFailure(Address address) {
        if (leadsToSelf(address)) {
            return new ConnectFailedException(address, DialFailure.HANDSHAKE, CloseReason.SELF);
        }
        CloseReason refusal = refusal(address);
        if (refusal != null) {
            return new ConnectFailedException(address, DialFailure.HANDSHAKE, refusal);
        }
        DialFailure failure = dialFailure(address);
        return new ConnectFailedException(address, failure == null ? DialFailure.OTHER : failure);
    }

    /**
     * How long it is known how the last dial of an address ended.
     *
     * @param address where
     * @return empty if there was none, or it is forgotten
     */
    public Optional<Duration> outcomeAge(Address address) {
        return Optional.ofNullable(dials.outcome(address))
                .map(outcome -> Duration.ofNanos(context.nowNanos() - outcome.atNanos()));
    }

    private Instant since(Edge edge) {
        long ageMillis = TimeUnit.NANOSECONDS.toMillis(context.nowNanos() - edge.sinceNanos());
        return Instant.ofEpochMilli(context.wallClockMillis() - ageMillis);
    }
}
