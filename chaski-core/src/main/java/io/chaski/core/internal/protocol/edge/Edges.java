package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.NodeProtocol.PingFailure;
import io.chaski.core.internal.protocol.NodeProtocol.Ponged;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.IpLiteral;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.internal.wire.TrustFrame;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The connections and edges of a node: handshake, one edge per peer, liveness, dials. The door to this
 * package; what happens behind it is in {@link LinkLife}. Confined to the node's event loop.
 */
public final class Edges implements Peers {

    /** The answer to a connection that is not let in. */
    public static final int REFUSED = -1;

    /** Largest filler of a ping: pings measure, they do not transport. A second's worth of what a peer echoes. */
    public static final int MAX_PING_BYTES = 1 << 20;

    /** Most pings of an edge under way or waiting; a thousand round trips are measured by no human. */
    public static final int MAX_PINGS = 1_024;

    /** How long an answer is waited for. A peer may ignore a ping above its budget, so no longer than about a lease. */
    public static final Duration PING_DEADLINE = Duration.ofSeconds(10);

    private final EdgeContext context;
    private final EdgeListener listener;
    private final EdgeTable table = new EdgeTable();
    private final LinkLife life;
    private final Proofs proofs;
    private final SealedDatagrams sealedDatagrams;

    /**
     * No edges yet.
     *
     * @param context the node
     * @param listener hears of edges
     */
    public Edges(EdgeContext context, EdgeListener listener) {
        this.context = context;
        this.listener = listener;
        this.life = new LinkLife(context, listener, table);
        this.proofs = new Proofs(context, life);
        this.sealedDatagrams = new SealedDatagrams(context, table, life);
    }

    // ---- Peers

    @Override
    public @Nullable Peer get(NodeId id) {
        return table.get(id);
    }

    @Override
    public Collection<? extends Peer> all() {
        return table.all();
    }

    @Override
    public void reach(Descriptor whom, Trust trust, Reach reach) {
        life.dials().reach(whom, trust, reach);
    }

    @Override
    public void reach(Address address, Trust trust, Reach reach) {
        life.dials().reach(address, trust, reach);
    }

    // ---- commands

    /**
     * Dials an address and keeps the edge, dialling again when it is lost. If the first attempt fails the address is
     * forgotten: the caller knows and may ask again.
     *
     * @param address where
     * @param reach hears the outcome of the first attempt
     */
    public void connect(Address address, Reach reach) {
        life.configured().connect(address, reach);
    }

    /**
     * Connects to hear who is at an address, without making an edge.
     *
     * @param address where
     * @param greeting hears it
     */
    public void greet(Address address, Greeting greeting) {
        life.greet(address, greeting);
    }

    /**
     * Wants an edge to an address for good, whether or not somebody is there yet.
     *
     * @param address where
     */
    public void keep(Address address) {
        life.configured().keep(address);
    }

    /**
     * Wants the edge that stands to a peer for good.
     *
     * @param peer an edge that is up
     */
    public void keep(Peer peer) {
        Address address = peer.isOutbound() || peer.descriptor().addresses().isEmpty()
                ? peer.remoteAddress()
                : peer.descriptor().addresses().get(0);
        life.configured().keep(address, peer);
    }

    /**
     * Closes the edge to a peer at the application's request.
     *
     * @param id the peer
     * @param forget whether it is not dialled again even if it has a bootstrap address
     */
    public void disconnect(NodeId id, boolean forget) {
        Edge edge = table.get(id);
        if (forget) {
            life.configured().forget(id);
        }
        if (edge != null) {
            life.close(edge, CloseReason.REQUESTED, 0, "");
        }
    }

    /**
     * Says goodbye to everybody for good.
     *
     * @param reason for GOODBYE
     */
    public void closeAll(CloseReason reason) {
        life.close(reason);
    }

    /** This node lives on under a higher epoch: every edge is given up and made again with the new one. */
    public void startOver() {
        for (Edge edge : table.copy()) {
            life.close(edge, CloseReason.SUPERSEDED, 0, "");
        }
    }

    /** Everybody is asked for life now; nobody is given up for the silence of the past. */
    public void onNetworkChanged() {
        life.onNetworkChanged();
    }

    /** Other rules say who may do what: what peers have announced is judged again. */
    public void onRules() {
        for (Edge edge : table.copy()) {
            edge.onRules();
        }
    }

    /** This node was late by itself: leases grow. */
    public void onLag() {
        life.health().worsen(context.nowNanos());
    }

    /** This node proves who it is with something else from now on: every edge is made again, and none is given up. */
    public void onCredentials() {
        life.renewals().onCredentials();
    }

    /** Once a second. */
    public void onTick() {
        life.health().onTick(context.nowNanos());
        life.renewals().onTick();
    }

    /**
     * Measures a round trip.
     *
     * @param id the peer
     * @param size filler bytes
     * @param done hears the outcome
     */
    public void ping(NodeId id, int size, Ponged done) {
        Edge edge = table.get(id);
        if (edge == null) {
            done.onFailed(PingFailure.CLOSED);
        } else {
            edge.pings().measure(size, done);
        }
    }

    /**
     * Forgets the round-trip times of a peer.
     *
     * @param id the peer
     */
    public void resetLatency(NodeId id) {
        Edge edge = table.get(id);
        if (edge != null) {
            edge.latency().reset();
        }
    }

    // ---- inputs

    /**
     * A connection was accepted.
     *
     * @param remote the other end
     * @return its number, or {@link #REFUSED}
     */
    public int onAccepted(Address remote) {
        Link link = life.accept(remote);
        return link == null ? REFUSED : link.number;
    }

    /**
     * A dial succeeded.
     *
     * @param number its link
     * @param remote the other end
     */
    public void onDialed(int number, Address remote) {
        Link link = life.link(number);
        if (link != null) {
            life.onDialed(link, remote);
        }
    }

    /**
     * A dial led to somebody who is not believed.
     *
     * @param number its link
     * @param reason TLS or UNTRUSTED
     */
    public void onDialRefused(int number, CloseReason reason) {
        Link link = life.link(number);
        if (link != null && link.stage == Link.Stage.DIALING) {
            life.handshakeFailed(link, reason);
        }
    }

    /**
     * The other end of an accepted connection has proved who it is.
     *
     * @param number its link
     */
    public void onSecured(int number) {
        Link link = life.link(number);
        if (link != null && link.stage == Link.Stage.HANDSHAKE) {
            proofs.onSecured(link);
        }
    }

    /**
     * What the other end of a connection has proved does not count any more.
     *
     * @param number its link
     * @param reason UNTRUSTED or EXPIRED
     */
    public void onDistrusted(int number, CloseReason reason) {
        Link link = life.link(number);
        if (link != null) {
            proofs.onDistrusted(link, reason);
        }
    }

    /**
     * A dial failed.
     *
     * @param number its link
     * @param failure why
     */
    public void onDialFailed(int number, DialFailure failure) {
        Link link = life.link(number);
        if (link != null && link.stage == Link.Stage.DIALING) {
            life.dialFailed(link, failure);
        }
    }

    /**
     * A frame of an edge.
     *
     * @param number its link
     * @param frame what came
     */
    public void onFrame(int number, EdgeFrame frame) {
        Link link = life.link(number);
        if (link != null) {
            life.onFrame(link, frame);
        }
    }

    /**
     * Says who sent a frame of another kind, and from now on resolves aliases of that peer as on this link.
     *
     * @param number the link
     * @param type type of the frame, for the report of a violation
     * @return the peer, or null if the frame is to be ignored
     */
    public @Nullable Peer receive(int number, int type) {
        Link link = hear(number, type);
        if (link == null) {
            return null;
        }
        Edge edge = link.requireEdge();
        edge.receiveOn(link);
        return edge;
    }

    /**
     * Says who sent a frame that is no use of its edge: one that carries nothing else still ends after a while.
     *
     * @param number the link
     * @param frame about what an authority has signed
     * @return the peer, or null if the frame is to be ignored
     */
    public @Nullable Peer receive(int number, TrustFrame frame) {
        Link link = hear(number, frame.type());
        return link == null ? null : link.requireEdge();
    }

    private @Nullable Link hear(int number, int type) {
        Link link = life.link(number);
        if (link == null || link.stage == Link.Stage.DIALING) {
            return null;
        }
        if (!link.isUp()) {
            life.violated(link, CloseReason.HELLO_EXPECTED, "type " + type + " during the handshake");
            return null;
        }
        link.heardNanos = context.nowNanos();
        return link;
    }

    /**
     * As {@link #receive}, and keeps account of streams.
     *
     * @param number the link
     * @param frame a stream's frame; {@link #onStreamFrameHandled} must follow
     * @return the peer, or null if the frame is to be ignored
     */
    public @Nullable Peer receive(int number, StreamFrame frame) {
        Peer peer = receive(number, frame.type());
        Link link = life.link(number);
        if (peer == null || link == null) {
            return null;
        }
        boolean theirsAreOdd = peer.id().compareTo(context.self()) < 0;
        return link.streams.onReceived(frame, theirsAreOdd) || life.spendControl(link) ? peer : null;
    }

    /**
     * A stream's frame was handled; perhaps it was the last one its connection was waiting for.
     *
     * @param number the link
     */
    public void onStreamFrameHandled(int number) {
        Link link = life.link(number);
        if (link != null && link.isUp() && link.isRetiring) {
            life.onStreamFrameOf(link);
        }
    }

    /**
     * Bytes of a frame came whose end has not come yet: life, and nothing else.
     *
     * @param number the link
     */
    public void onBytes(int number) {
        Link link = life.link(number);
        if (link != null) {
            link.heardNanos = context.nowNanos();
        }
    }

    /**
     * A frame of a type that is unknown and may be skipped was skipped.
     *
     * @param number the link
     */
    public void onSkipped(int number) {
        Link link = life.link(number);
        if (link != null) {
            link.heardNanos = context.nowNanos();
            context.counters().increment("frame.unknown");
            life.spendControl(link);
        }
    }

    /**
     * What came cannot be decoded.
     *
     * @param number the link
     * @param reason which rule it breaks
     * @param detail a short sentence
     */
    public void onUndecodable(int number, CloseReason reason, String detail) {
        Link link = life.link(number);
        if (link != null) {
            life.violated(link, reason, detail);
        }
    }

    /**
     * A connection is gone.
     *
     * @param number its link
     * @param reason how
     */
    public void onLinkDown(int number, CloseReason reason) {
        Link link = life.link(number);
        if (link != null) {
            life.onDown(link, reason);
        }
    }

    /**
     * A connection takes more bytes, or none for now.
     *
     * @param number its link
     * @param writable which
     */
    public void onWritability(int number, boolean writable) {
        Link link = life.link(number);
        if (link != null && link.isWritable != writable) {
            link.isWritable = writable;
            if (link.isUp() && link.requireEdge().current() == link) {
                listener.onWritability(link.requireEdge());
            }
        }
    }

    // ---- looking

    /**
     * The peer whose edge stands because this address was dialled.
     *
     * @param address any address
     */
    public @Nullable Peer dialledAt(Address address) {
        return table.dialledAt(address);
    }

    /**
     * The peer that was given this token for its datagrams.
     *
     * @param high high half
     * @param low low half
     */
    public @Nullable Peer byToken(long high, long low) {
        return table.byToken(high, low);
    }

    /**
     * Counts a datagram of a peer; false if it is one too many.
     *
     * @param peer an edge that is up
     */
    public boolean takeDatagram(Peer peer) {
        Edge edge = table.get(peer.id());
        return edge != null && edge.takeDatagram();
    }

    /** Datagrams of peers that have proved who they are. */
    public SealedDatagrams sealedDatagrams() {
        return sealedDatagrams;
    }

    /**
     * Where datagrams to a peer go, and what they must carry.
     *
     * @param address its UDP address
     * @param tokenHigh high half of the token it gave
     * @param tokenLow low half
     */
    public record DatagramTarget(Address address, long tokenHigh, long tokenLow) {}

    /**
     * Where datagrams to a peer go, null if it has no address for them.
     *
     * @param peer an edge that is up
     */
    public @Nullable DatagramTarget datagramTarget(Peer peer) {
        Edge edge = table.get(peer.id());
        if (edge == null) {
            return null;
        }
        Link link = edge.current();
        if (link.outbound && link.remote.transport() == Address.Transport.TCP) {
            return new DatagramTarget(link.remote, link.peerTokenHigh, link.peerTokenLow);
        }
        for (Address address : edge.descriptor().addresses()) {
            // The peer's own word about its port counts, about its host only if it is where the edge comes from.
            if (address.transport() == Address.Transport.TCP && isSameHost(address, link.remote)) {
                return new DatagramTarget(address, link.peerTokenHigh, link.peerTokenLow);
            }
        }
        return null;
    }

    private static boolean isSameHost(Address advertised, Address remote) {
        IpLiteral one = IpLiteral.parse(advertised.host());
        IpLiteral other = IpLiteral.parse(remote.host());
        return one != null && one.equals(other);
    }

    /**
     * How full the tables of edges and connections are, for the invariants of simulations.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        EdgeSettings settings = context.settings().edge();
        table.tellTables(audience, settings);
        life.links.tellTables(audience, settings);
        life.admission.tellTables(audience);
        life.visitors.tellTables(audience);
        life.epochs.tellTables(audience);
        life.dials().tellTables(audience);
    }

    /** What is known for status reports and diagnoses. */
    public EdgeReport report() {
        return new EdgeReport(context, table, life.configured(), life.dials());
    }

    /**
     * Sends a frame to every peer.
     *
     * @param frame one without aliases, such as TOPICS
     */
    public void sendToAll(Frame frame) {
        for (Edge edge : table.all()) {
            edge.send(frame);
        }
    }
}
