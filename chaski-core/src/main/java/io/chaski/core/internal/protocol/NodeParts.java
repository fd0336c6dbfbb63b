package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.internal.protocol.access.Gate;
import io.chaski.core.internal.protocol.datagram.Beacons;
import io.chaski.core.internal.protocol.datagram.Datagrams;
import io.chaski.core.internal.protocol.datagram.Probes;
import io.chaski.core.internal.protocol.datagram.UdpFinder;
import io.chaski.core.internal.protocol.datagram.UdpReach;
import io.chaski.core.internal.protocol.edge.DialHints;
import io.chaski.core.internal.protocol.edge.EdgeListener;
import io.chaski.core.internal.protocol.edge.EdgeReport;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.protocol.edge.HeardAddresses;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.stream.Streams;
import io.chaski.core.internal.protocol.topic.Introductions;
import io.chaski.core.internal.protocol.topic.Topics;
import io.chaski.core.internal.protocol.trust.TrustExchange;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.internal.wire.TreeFrame;
import io.chaski.core.internal.wire.TrustFrame;
import io.chaski.core.security.policy.AccessRules;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The state machines of one node and how they hear of each other. Confined to the node's event loop. */
final class NodeParts {

    final NodeContext context;
    final Edges edges;
    final Topics topics;
    final Streams streams;
    final DialHints hints = new DialHints();
    final Probes probes;
    final UdpReach udp;
    final UdpFinder finder;
    final Datagrams datagrams;
    final Beacons beacons;
    final Introductions introductions;
    final TrustExchange trust;
    final LoopWatch watch;
    private final Gate gate;
    private final LagReport lag;

    NodeParts(LocalNode self, ProtocolSettings settings, RandomGenerator random, Outbox outbox) {
        context = new NodeContext(self, settings, random, outbox);
        edges = new Edges(context, new EdgeNews());
        context.setPeers(edges, edges::startOver);
        context.setReviewer(this::onRules);
        topics = new Topics(context, this::announce);
        streams = new Streams(context, settings.stream(), this::find);
        probes = new Probes(context, edges);
        udp = new UdpReach(context, edges);
        finder = new UdpFinder(context, edges, topics.discovery());
        topics.discovery().alsoAsk(finder);
        datagrams = new Datagrams(
                context,
                edges,
                topics.discovery(),
                probes,
                udp,
                finder,
                () -> topics.report().statuses());
        beacons = new Beacons(context, edges, new Rendezvous());
        introductions = new Introductions(context, edges, topics);
        trust = new TrustExchange(context);
        lag = new LagReport(context.outbox());
        gate = new Gate(context.permissions(), topics::named);
        watch = new LoopWatch(context.timers(), new TimeNews());
    }

    /** What is known of a node without an edge; what the overlays know goes before what modules have heard. */
    private Peers.@Nullable Known find(NodeId node) {
        Peers.Known known = topics.report().find(node);
        return known == null ? hints.find(node) : known;
    }

    /** Other rules say who may do what. Answers that were given under the old ones are forgotten, and links reviewed. */
    void onRules(AccessRules rules) {
        context.permissions().set(rules);
        edges.onRules();
        topics.onRules();
        streams.onRules();
    }

    void networkChanged() {
        context.outbox().emit(new NodeEvent.NetworkChanged());
        edges.onNetworkChanged();
        udp.onNetworkChanged();
        beacons.onNetworkChanged();
        topics.onNetworkChanged();
    }

    /** Hands a frame to the state machine it is for. */
    void route(int link, Frame frame) {
        if (frame instanceof EdgeFrame edgeFrame) {
            edges.onFrame(link, edgeFrame);
            return;
        }
        if (frame instanceof TrustFrame trustFrame) {
            Peer peer = edges.receive(link, trustFrame);
            if (peer != null) {
                trust.onFrame(peer, trustFrame);
            }
            return;
        }
        Peer peer = frame instanceof StreamFrame streamFrame
                ? edges.receive(link, streamFrame)
                : edges.receive(link, frame.type());
        if (peer == null) {
            return;
        }
        if (!gate.admits(peer, frame)) {
            context.counters().increment("access.refused");
            return;
        }
        if (frame instanceof TreeFrame tree) {
            topics.onFrame(peer, tree);
        } else if (frame instanceof MembershipFrame membership) {
            topics.onFrame(peer, membership.withDescriptors(heard -> clear(heard, peer)));
        } else if (frame instanceof DiscoveryFrame discovery) {
            topics.discovery().onFrame(peer, discovery.withDescriptors(heard -> clear(heard, peer)));
        } else if (frame instanceof StreamFrame stream) {
            streams.onFrame(peer, stream);
            edges.onStreamFrameHandled(link);
        }
    }

    private static Descriptor clear(Descriptor heard, Peer from) {
        return HeardAddresses.clear(heard, from.remoteAddress());
    }

    NodeSnapshot snapshot(NodeSnapshot.State state) {
        LocalNode self = context.local();
        EdgeReport report = edges.report();
        return new NodeSnapshot(
                self.id(),
                self.name(),
                self.cluster(),
                self.epoch(),
                state,
                self.addresses(),
                report.snapshots(topics.report()::linkedWith, streams::count),
                report.reconnecting(),
                topics.report().snapshots(),
                List.of(), // the application's side has the queues
                context.counters().snapshot());
    }

    /** How full the tables are that belong to no overlay. */
    void tellTables(TableAudience audience) {
        edges.tellTables(audience);
        hints.tellTables(audience);
        topics.discovery().tellTables(audience, topics.report().overlayCount());
        finder.tellTables(audience);
        udp.tellTables(audience);
        probes.tellTables(audience);
        datagrams.tellTables(audience);
    }

    private void announce(EdgeFrame.Topics change) {
        context.setTopics(topics.hashes());
        edges.sendToAll(change);
    }

    /** Whom beacons lead to; in manual topology, where nobody is dialled unasked, to nobody. */
    private final class Rendezvous implements Beacons.Overlay {
        private final @Nullable HyParView control = topics.control();

        @Override
        public int links() {
            return control == null ? 0 : control.neighbours().size();
        }

        @Override
        public void probe(Address address) {
            if (control != null) {
                control.probe(address);
            }
        }
    }

    /** Passes news of edges on. */
    private final class EdgeNews implements EdgeListener {
        @Override
        public void onPeerUp(Peer peer) {
            if (!peer.isOutbound()) {
                context.setReachable();
            }
            topics.onPeerUp(peer);
            hints.onPeerUp(peer);
            udp.onPeerUp(peer);
            trust.onPeerUp(peer);
        }

        @Override
        public void onPeerDown(Peer peer, CloseReason reason) {
            topics.onPeerDown(peer, reason);
            streams.onPeerDown(peer, reason);
            udp.onPeerDown(peer);
            trust.onPeerDown(peer);
        }

        @Override
        public void onSubscriptionsChanged(Peer peer, List<Long> topicHashes) {
            topics.onSubscriptionsChanged(peer, topicHashes);
        }

        @Override
        public void onWritability(Peer peer) {
            topics.onWritability(peer);
            if (peer.isWritable()) {
                streams.onWritable(peer);
                trust.onWritability(peer);
            }
        }

        @Override
        public void onStreamLost(Peer peer, long stream) {
            streams.onStreamLost(peer, stream);
        }

        @Override
        public long linkHash(Peer peer) {
            return topics.linkHash(peer);
        }

        @Override
        public void onAsymmetry(Peer peer) {
            topics.onAsymmetry(peer);
        }
    }

    /** Passes news of time on. */
    private final class TimeNews implements LoopWatch.Listener {
        @Override
        public void onJump() {
            networkChanged();
        }

        @Override
        public void onLag(long lateNanos) {
            edges.onLag();
            lag.onLag(lateNanos);
        }

        @Override
        public void onBeat() {
            edges.onTick();
            topics.onBeat();
            lag.onBeat(context.nowNanos());
        }
    }
}
