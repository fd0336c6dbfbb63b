package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Diagnosis;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.ProbeResult;
import io.chaski.core.internal.protocol.datagram.Datagrams;
import io.chaski.core.internal.protocol.datagram.Probes;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.protocol.stream.Streams;
import io.chaski.core.internal.protocol.topic.Topics;
import io.chaski.core.internal.protocol.trust.TrustExchange;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Beacon;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.DatagramSink;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.policy.AccessRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A whole node without I/O: inputs come in with the time, outputs leave through an {@link Outbox}. It routes each input
 * to the state machine that decides: {@link Edges} for connections, {@link Topics} for membership and messages,
 * {@link Streams}, {@link Datagrams}. A link is the number of a connection, {@code nowNanos} the time of the input on
 * the node's monotonic clock; names of topics are valid ones (see {@code TopicNames}). Before {@link #start} and after {@link #leave} inputs do nothing. Confined to one
 * thread at a time.
 */
public final class NodeProtocol {

    /** Link number that means "refused": the caller closes the connection without a word. */
    public static final int REFUSED = Edges.REFUSED;

    private final NodeParts node;
    private NodeSnapshot.State state = NodeSnapshot.State.RUNNING;
    private boolean isRunning;

    /**
     * A node that has not started.
     *
     * @param self who it is
     * @param settings of all its parts
     * @param random where chance comes from
     * @param outbox where outputs go
     */
    public NodeProtocol(LocalNode self, ProtocolSettings settings, RandomGenerator random, Outbox outbox) {
        node = new NodeParts(self, settings, random, outbox);
    }

    // ---- life

    /**
     * Joins the control overlay and dials bootstrap addresses. The wall clock is taken to be the epoch, which it is
     * unless an earlier one was persisted.
     */
    public void start(long nowNanos) {
        start(nowNanos, node.context.local().epoch());
    }

    /**
     * Joins the control overlay and dials bootstrap addresses.
     *
     * @param wallClockMillis time of day, for HELLO, snapshots and whether an epoch is believable
     */
    public void start(long nowNanos, long wallClockMillis) {
        isRunning = true;
        node.context.setNow(nowNanos);
        node.context.start(wallClockMillis);
        node.watch.start(nowNanos);
        if (node.context.settings().manualTopology()) {
            node.context.bootstrap().forEach(node.edges::keep);
        }
        node.topics.start();
        node.beacons.start();
        end();
    }

    /** Says goodbye to everybody. Nothing happens afterwards. */
    public void leave(long nowNanos) {
        if (begin(nowNanos)) {
            state = NodeSnapshot.State.CLOSING;
            node.beacons.stop();
            node.topics.leave();
            node.streams.leave();
            node.edges.closeAll(CloseReason.LEAVING);
            node.watch.stop();
            end();
            isRunning = false;
            state = NodeSnapshot.State.CLOSED;
        }
    }

    // ---- inputs from connections

    /**
     * A connection was accepted. Its other end speaks first, so nothing is sent yet.
     *
     * @return its link number, or {@link #REFUSED}
     */
    public int onAccepted(Address remote, long nowNanos) {
        int link = begin(nowNanos) ? node.edges.onAccepted(remote) : REFUSED;
        end();
        return link;
    }

    /** The dial of this link succeeded. */
    public void onDialed(int link, Address remote, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onDialed(link, remote);
            end();
        }
    }

    /** The dial of this link failed. */
    public void onDialFailed(int link, DialFailure failure, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onDialFailed(link, failure);
            end();
        }
    }

    /** The dial of this link led to somebody who is not believed, or with whom there is no TLS. */
    public void onDialRefused(int link, CloseReason reason, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onDialRefused(link, reason);
            end();
        }
    }

    /** The other end of an accepted link has proved who it is, see {@link Outbox#identity}. */
    public void onSecured(int link, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onSecured(link);
            end();
        }
    }

    /** What the other end of a link has proved does not count any more: UNTRUSTED or EXPIRED. */
    public void onDistrusted(int link, CloseReason reason, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onDistrusted(link, reason);
            end();
        }
    }

    /** This node has other credentials: edges are made again with them, a few each second. */
    public void onCredentials(long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onCredentials();
            end();
        }
    }

    /**
     * Other rules say who may do what. Whoever has lost a right loses what it had by it, in this step, and is told.
     *
     * @param rules from now on
     */
    public void onRules(AccessRules rules, long nowNanos) {
        if (begin(nowNanos)) {
            node.onRules(rules);
            end();
        } else {
            node.context.permissions().set(rules);
        }
    }

    /**
     * This node has a document that its authority has signed, and hands it on; see {@link TrustExchange#hold}.
     *
     * @param edition which
     * @param document all of it
     * @param lifeNanos for how long others have a use for it
     */
    public void onTrusted(Edition edition, ArrayPayload document, long lifeNanos, long nowNanos) {
        if (begin(nowNanos)) {
            node.trust.hold(edition, document, lifeNanos);
            end();
        }
    }

    /** The check of a document that came from a neighbour has ended. */
    public void onTrustChecked(TrustKind kind, TrustExchange.Verdict verdict, long nowNanos) {
        if (begin(nowNanos)) {
            node.trust.onChecked(kind, verdict);
            end();
        }
    }

    /** A frame came. */
    public void onFrame(int link, Frame frame, long nowNanos) {
        if (begin(nowNanos)) {
            node.route(link, frame);
            end();
        }
    }

    /** A message came; the parameters are those of {@link io.chaski.core.internal.wire.DataHandler#onData}. */
    public void onData(
            int link, int source, long seq, int hop, int hopLimit, int flags, PayloadView body, long nowNanos) {
        if (begin(nowNanos)) {
            Peer peer = node.edges.receive(link, FrameType.DATA);
            if (peer != null) {
                node.topics.onData(peer, source, seq, hop, hopLimit, flags, body);
            }
            end();
        }
    }

    /** A process of a user of this machine that may not connect was turned away. */
    public void onOtherUser() {
        node.context.counters().increment("accept.other-user");
    }

    /** Bytes of a frame came whose end has not come yet. */
    public void onBytes(int link, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onBytes(link);
            end();
        }
    }

    /** A frame of an unknown type that may be skipped was skipped. */
    public void onSkipped(int link, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onSkipped(link);
            end();
        }
    }

    /** What came could not be decoded: the peer is told and the connection is closed. */
    public void onUndecodable(int link, CloseReason reason, String detail, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onUndecodable(link, reason, detail);
            end();
        }
    }

    /**
     * The connection is gone.
     *
     * @param reason RESET, END_OF_STREAM, or SLOW_CONSUMER at the deadline of a write
     */
    public void onLinkDown(int link, CloseReason reason, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onLinkDown(link, reason);
            end();
        }
    }

    /** A connection takes more bytes, or none for now. */
    public void onWritability(int link, boolean writable, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.onWritability(link, writable);
            end();
        }
    }

    /**
     * A datagram came.
     *
     * @param from its source, which may be forged
     */
    public void onDatagram(Address from, Datagram datagram, int bytes, long nowNanos) {
        if (begin(nowNanos)) {
            node.datagrams.receive(from, datagram, bytes);
            end();
        }
    }

    /** A packet came that is none of ours. */
    public void onDatagramRejected(DatagramSink.Rejection why) {
        node.datagrams.reject(why);
    }

    /**
     * A beacon came from the LAN.
     *
     * @param from source of the packet, which may be forged
     */
    public void onBeacon(Address from, Beacon beacon, long nowNanos) {
        if (begin(nowNanos)) {
            node.beacons.onBeacon(from, beacon);
            end();
        }
    }

    /** A packet came from the LAN that is no beacon that counts. */
    public void onBeaconRejected(Beacon.Rejection why) {
        node.beacons.reject(why);
    }

    /** The machine has another network than before, or slept. */
    public void onNetworkChanged(long nowNanos) {
        if (begin(nowNanos)) {
            node.networkChanged();
            end();
        }
    }

    // ---- time

    /** When {@link #onTick} is due, {@link Timers#NONE} if it is not. */
    public long nextDeadlineNanos() {
        return isRunning ? node.context.timers().nextDeadline() : Timers.NONE;
    }

    /** Time has passed. */
    public void onTick(long nowNanos) {
        if (begin(nowNanos)) {
            node.context.timers().fireDue(nowNanos);
            end();
        }
    }

    // ---- topics

    /** Becomes a member of a topic, unless it is one. */
    public void subscribe(String topic, long nowNanos) {
        if (begin(nowNanos)) {
            node.topics.subscribe(topic);
            end();
        }
    }

    /** The edges of this node, for looking only. */
    public Peers peers() {
        return node.edges;
    }

    /**
     * What PING says of the links of one topic with a peer, for looking only.
     *
     * @param topic name of a topic, or "@"
     * @param peer one of {@link #peers}
     */
    public long linkHash(String topic, Peer peer) {
        return node.topics.report().linkHash(topic, peer);
    }

    /** Nodes with an active link of a topic, or of "@", in the order of its view, for looking only. */
    public List<NodeId> neighbours(String topic) {
        return node.topics.report().neighbourIds(topic);
    }

    /** All overlays of this node, "@" first, for looking only. */
    public List<OverlayInspection> overlays() {
        return node.topics.report().inspect();
    }

    /** How full the tables are that belong to no overlay, for looking only. */
    public void tellTables(TableAudience audience) {
        node.tellTables(audience);
    }

    /** Ceases to be a member of a topic. */
    public void unsubscribe(String topic, long nowNanos) {
        if (begin(nowNanos)) {
            node.topics.unsubscribe(topic);
            end();
        }
    }

    /**
     * Publishes a message.
     *
     * @param channel see {@link Source}
     * @param hopLimit 1 to 255
     * @param live whether to leave subscribers behind that take no more; otherwise the outcome may be BLOCKED, and {@link
     *     Outbox#onPublishable} follows
     * @param body envelope and payload; kept, not copied
     * @throws IllegalStateException if the node does not run
     */
    public PublishOutcome publish(
            String topic, int channel, int hopLimit, boolean live, ArrayPayload body, long nowNanos) {
        if (!begin(nowNanos)) {
            throw new IllegalStateException("the node does not run");
        }
        PublishOutcome outcome = node.topics.publish(topic, channel, hopLimit, live, body);
        end();
        return outcome;
    }

    /**
     * Has a message signed with the identity of this node and publishes it then; messages of one topic keep their order.
     *
     * @param hopLimit 1 to 255
     * @param live as in {@link #publish}; such a message is refused, BLOCKED, if too many wait for their signature
     * @param content envelope and payload, not on loan
     * @param whenSent hears what has become of it if this returns PENDING, in this step or a later one
     * @throws IllegalStateException if the node does not run, or has no identity
     */
    public PublishOutcome publishSigned(
            String topic,
            int hopLimit,
            boolean live,
            ArrayPayload content,
            Consumer<PublishOutcome> whenSent,
            long nowNanos) {
        if (!begin(nowNanos)) {
            throw new IllegalStateException("the node does not run");
        }
        PublishOutcome outcome = node.topics.publishSigned(topic, hopLimit, live, content, whenSent);
        end();
        return outcome;
    }

    /** Takes no messages without a proof of origin on a topic, as long as this node is a member or publishes there. */
    public void requireProofs(String topic, long nowNanos) {
        if (begin(nowNanos)) {
            node.topics.requireProofs(topic);
            end();
        }
    }

    /** Something was computed that {@link Outbox#compute} has asked for, or computing it has failed. */
    public void onComputed(Computation computation, long nowNanos) {
        if (begin(nowNanos)) {
            computation.finish();
            end();
        }
    }

    /**
     * {@link Outbox#room} says more than before, or {@link Outbox#capacity} something else.
     *
     * @param topic name of a topic
     */
    public void onRoom(String topic, long nowNanos) {
        if (begin(nowNanos)) {
            node.topics.onRoom(topic);
            end();
        }
    }

    /**
     * Topics of which a neighbour that must not miss anything may lack something that this node has published. Whoever has been
     * sent everything and has not said so is asked.
     */
    public List<String> owing(long nowNanos) {
        if (!begin(nowNanos)) {
            return List.of();
        }
        List<String> owing = node.topics.owing();
        end();
        return owing;
    }

    // ---- edges

    /**
     * Dials an address and keeps the edge: it is dialled again whenever it is lost, until it is closed. A first attempt
     * that fails is told and not repeated.
     *
     * @param reach hears the outcome of the first attempt
     */
    public void connect(Address address, Peers.Reach reach, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.connect(address, reach);
            end();
        } else {
            reach.onUnreachable();
        }
    }

    /**
     * Why the last attempt to reach an address came to nothing, for whoever has just been told that it did.
     *
     * @param address as given to {@link #connect}
     */
    public ConnectFailedException connectFailure(Address address) {
        return node.edges.report().connectFailure(address);
    }

    /** Closes the edge to a peer. Only bootstrap addresses are dialled again. */
    public void disconnect(NodeId peer, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.disconnect(peer, false);
            end();
        }
    }

    /** What a ping came to; exactly one method is called, once. */
    public interface Ponged {
        /** The answer came. */
        void onPong(long rttNanos);

        /** There will be no answer. */
        void onFailed(PingFailure why);
    }

    /** Why there is no answer to a ping. */
    public enum PingFailure {
        /** There is no edge, or not any more. */
        CLOSED,
        /** No answer within {@link Edges#PING_DEADLINE}. */
        NO_ANSWER,
        /** {@link Edges#MAX_PINGS} are under way or waiting already. */
        TOO_MANY
    }

    /**
     * Measures a round trip.
     *
     * @param size filler bytes, 0 to {@link Edges#MAX_PING_BYTES} and to what fits a frame; more than 1 MiB a second
     *     waits
     */
    public void ping(NodeId peer, int size, Ponged done, long nowNanos) {
        if (begin(nowNanos)) {
            node.edges.ping(peer, size, done);
            end();
        } else {
            done.onFailed(PingFailure.CLOSED);
        }
    }

    /** Forgets the peer's round-trip times. */
    public void resetLatency(NodeId peer) {
        node.edges.resetLatency(peer);
    }

    /** What a probe came to; exactly one method is called, once. */
    public interface Probed {
        /** Somebody answered. */
        void onAnswer(ProbeResult result);

        /** Nobody answered in time. */
        void onNoAnswer();

        /** Nobody was asked: {@value Probes#MAX} probes are under way. */
        void onTooMany();
    }

    /** Asks over UDP, and over TCP when UDP stays silent for half the time. */
    public void probe(Address address, long deadlineNanos, Probed done, long nowNanos) {
        if (begin(nowNanos)) {
            node.probes.probe(address, deadlineNanos, done);
            end();
        } else {
            done.onNoAnswer();
        }
    }

    /**
     * Sends a best-effort message over UDP.
     *
     * @param payload at most {@value Datagrams#MAX_MESSAGE_BYTES} bytes
     * @return false if there is no edge, the payload does not fit or the peer has no UDP address
     */
    public boolean sendDatagram(NodeId peer, ArrayPayload payload, long nowNanos) {
        if (!begin(nowNanos)) {
            return false;
        }
        Peer known = node.edges.get(peer);
        boolean isSent = known != null && node.datagrams.send(known, payload);
        end();
        return isSent;
    }

    // ---- discovery in manual topology

    /** What a look-up came to. */
    public interface Discovered {
        /** The look-up has ended. */
        void onDiscovered(List<NodeId> connected);
    }

    /**
     * Looks for members of a topic and connects to them.
     *
     * @param keepIntroducer false closes edges to peers that only named members, once one of these was reached
     * @param deadlineNanos when to be content with what was found
     */
    public void discover(String topic, boolean keepIntroducer, long deadlineNanos, Discovered done, long nowNanos) {
        if (begin(nowNanos)) {
            node.introductions.discover(topic, keepIntroducer, deadlineNanos, done);
            end();
        } else {
            done.onDiscovered(List.of());
        }
    }

    // ---- looking

    /** The state of the node. */
    public NodeSnapshot snapshot(long nowNanos) {
        node.context.setNow(nowNanos);
        return node.snapshot(state);
    }

    /** Smoothed round-trip times of the edges that have been measured. */
    public Map<NodeId, Duration> roundTrips() {
        return node.edges.report().roundTrips();
    }

    /**
     * Where a node says it can be reached, for streams to it when nothing else is known.
     *
     * @param peer who
     * @param epoch its incarnation
     * @param addresses where, best first
     */
    public void hint(NodeId peer, long epoch, List<Address> addresses) {
        node.hints.add(peer, epoch, addresses);
    }

    /** Why a topic has found nobody, or that it has. */
    public Diagnosis diagnose(String topic, long nowNanos) {
        node.context.setNow(nowNanos);
        return new Diagnostics(
                        node.context,
                        topic,
                        node.topics.report(),
                        node.topics.discovery(),
                        node.edges.report(),
                        node.beacons.report(),
                        node.udp.report())
                .diagnose();
    }

    /** Streams of this node. */
    public Streams streams() {
        return node.streams;
    }

    /** What this node hands on of what its authority has signed. */
    public TrustExchange trust() {
        return node.trust;
    }

    /** The edges, for the invariants of tests. */
    Edges edges() {
        return node.edges;
    }

    // ---- steps

    /** Begins a step; false if the node does not run. Every step ends with {@link #end}. */
    private boolean begin(long nowNanos) {
        if (!isRunning) {
            return false;
        }
        node.context.setNow(nowNanos);
        node.watch.onInput(nowNanos);
        return true;
    }

    private void end() {
        node.context.runLater();
    }
}
