package io.chaski.core.internal.protocol.stream;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.stream.StreamCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All streams of one node, by edge. A stream belongs to the edge it was opened on and ends with it. Confined to the
 * node's event loop. The map by peer, which is compared by identity, is never iterated.
 */
public final class Streams {

    /**
     * Edges made, and used, only because somebody opened a stream: as many as a busy node has anyway, far from a scan. Whoever speaks
     * with more nodes in turn is not stopped by it, since edges without a stream make room.
     */
    static final int MAX_ON_DEMAND = 256;

    /**
     * What unfinished messages may cost, thirty-two of the largest. Windows cannot bound them, because fragments are granted back as
     * they come. Beyond it the stream whose fragment came is reset.
     */
    static final int REASSEMBLY_BYTES = 32 << 20;

    /** What windows may have grown by: eight times what is enough for 80 MB/s over 50 ms there and back. */
    static final int WINDOW_BYTES = 32 << 20;

    private final ProtocolContext context;
    private final StreamSettings settings;
    private final Function<NodeId, Peers.@Nullable Known> directory;
    private Function<String, @Nullable StreamAcceptor> acceptors = protocol -> null;
    private final Map<Peer, PeerStreams> byPeer = new HashMap<>();

    /** Nodes that are being dialled for a stream. */
    private final Set<NodeId> reaching = new LinkedHashSet<>();

    /** Edges that came of it. Those that have got another use meanwhile do not count, as long as they have it. */
    private final Set<Peer> onDemand = new LinkedHashSet<>();

    /** Streams whose node is being dialled; each is a wish of the application and ends with the dial at the latest. */
    private final Set<Waiting> waiting = new LinkedHashSet<>();

    private final StreamMemory reassembly = new StreamMemory(REASSEMBLY_BYTES);
    private final StreamMemory windows = new StreamMemory(WINDOW_BYTES);

    /**
     * No streams yet.
     *
     * @param context the node
     * @param settings limits
     * @param directory what is known of a node that has no edge, null for nothing
     */
    public Streams(
            ProtocolContext context, StreamSettings settings, Function<NodeId, Peers.@Nullable Known> directory) {
        this.context = context;
        this.settings = settings;
        this.directory = directory;
    }

    /**
     * Says what is served, instead of what was said before.
     *
     * @param acceptorOf who takes the streams of a protocol, null if it is not served; asked on the loop for each stream
     *     that a peer opens, so that what begins to be served needs no step of the loop first
     */
    public void serve(Function<String, @Nullable StreamAcceptor> acceptorOf) {
        acceptors = acceptorOf;
    }

    private @Nullable StreamAcceptor acceptor(String protocol) {
        return acceptors.apply(protocol);
    }

    /**
     * Opens a stream to a node, over the edge to it or over a new one.
     *
     * @param to the node
     * @param opening what to open; its outcome is told to its events
     */
    public void open(NodeId to, Opening opening) {
        if (!opening.wanted().getAsBoolean()) {
            return;
        }
        Peer peer = context.peers().get(to);
        if (peer != null) {
            open(peer, opening);
            return;
        }
        Peers.Known known = directory.apply(to);
        if (known == null) {
            opening.events().onReset(StreamCode.PEER_UNREACHABLE, "nothing is known of node " + to);
            return;
        }
        if (!reaching.contains(to) && !makeRoom()) {
            context.counters().increment("stream.refused-here");
            String reason =
                    "at most " + MAX_ON_DEMAND + " edges for streams alone, and all have streams or are being made";
            opening.events().onReset(StreamCode.LIMIT, reason);
            return;
        }
        reaching.add(to);
        Waiting wish = new Waiting(to, opening);
        waiting.add(wish);
        context.peers().reach(known.descriptor(), known.trust(), wish);
    }

    /**
     * Makes room for one more edge for streams alone: those without a stream end for it, the one without for longest first. False if
     * all are needed.
     */
    private boolean makeRoom() {
        List<Peer> unused = new ArrayList<>();
        int count = reaching.size();
        for (Peer peer : onDemand) {
            if (isForStreamsAlone(peer)) {
                count++;
                if (count(peer) == 0) {
                    unused.add(peer);
                }
            }
        }
        long nowNanos = context.nowNanos();
        unused.sort(Comparator.comparingLong(peer -> streamsOf(peer).emptySinceNanos() - nowNanos));
        int surplus = count - MAX_ON_DEMAND + 1; // more than one when edges have lost their other use
        if (surplus > unused.size()) {
            return false;
        }
        unused.subList(0, Math.max(0, surplus)).forEach(Peer::endAsIdle);
        return true;
    }

    /** Nobody else holds it, and it ends when this node says so: one that the other end dialled is not ours to count. */
    private boolean isForStreamsAlone(Peer peer) {
        return peer.isOutbound() && peer.holders() == count(peer);
    }

    /** This node leaves: nobody is reached any more. The streams that are open end with their edges. */
    public void leave() {
        for (Waiting wish : List.copyOf(waiting)) {
            wish.fail(StreamCode.EDGE_CLOSED, "this node is closed");
        }
    }

    /** A stream to a node that is being dialled, which takes no longer than the deadline of the exchange. */
    private final class Waiting implements Peers.Reach {
        private final NodeId to;
        private final Opening opening;
        private final Timers.@Nullable Timer deadline;

        Waiting(NodeId to, Opening opening) {
            this.to = to;
            this.opening = opening;
            if (opening.deadlineNanos() == Timers.NONE) {
                this.deadline = null;
            } else {
                this.deadline = context.timers().timer(() -> fail(StreamCode.DEADLINE_EXCEEDED, "while dialling"));
                this.deadline.armAt(opening.deadlineNanos());
            }
        }

        @Override
        public void onReached(Peer reached) {
            reaching.remove(to);
            onDemand.add(reached);
            if (end() && opening.wanted().getAsBoolean()) {
                open(reached, opening);
            }
        }

        @Override
        public void onUnreachable() {
            reaching.remove(to);
            fail(StreamCode.PEER_UNREACHABLE, "node " + to + " cannot be reached");
        }

        @Override
        public void onDeferred() {
            reaching.remove(to);
            String reason = "too many nodes are being dialled on hearsay; node " + to + " was not, try again";
            fail(StreamCode.LIMIT, reason);
        }

        private void fail(StreamCode code, String reason) {
            if (end()) {
                opening.events().onReset(code, reason);
            }
        }

        /** False if it has ended before. */
        private boolean end() {
            if (deadline != null) {
                deadline.cancel();
            }
            return waiting.remove(this);
        }
    }

    /**
     * What to open.
     *
     * @param protocol name of the protocol
     * @param headers small text pairs
     * @param deadlineNanos on the node's clock, {@link Timers#NONE} for none
     * @param first first message, null for none
     * @param last whether nothing follows
     * @param wanted whether somebody still waits for it; asked before this node dials or sends anything. If not, nothing
     *     is told to anybody
     * @param opened hears of the stream before any event
     * @param events hears the stream's events, and {@code onReset} alone if it could not be opened
     */
    public record Opening(
            String protocol,
            Map<String, String> headers,
            long deadlineNanos,
            @Nullable ArrayPayload first,
            boolean last,
            BooleanSupplier wanted,
            Consumer<ProtocolStream> opened,
            StreamEvents events) {}

    private void open(Peer peer, Opening opening) {
        ProtocolStream stream = streamsOf(peer)
                .open(
                        opening.protocol(),
                        opening.headers(),
                        opening.deadlineNanos(),
                        opening.first(),
                        opening.last(),
                        opening.events());
        if (stream == null) {
            opening.events()
                    .onReset(
                            StreamCode.LIMIT,
                            "too many streams or protocols on the edge, of which at most " + settings.maxStreams()
                                    + " streams may be open");
        } else {
            opening.opened().accept(stream);
        }
    }

    /**
     * A frame of a peer.
     *
     * @param from the peer
     * @param frame the frame
     */
    public void onFrame(Peer from, StreamFrame frame) {
        frame.deliverTo(streamsOf(from));
    }

    /**
     * The connection of a peer takes bytes again.
     *
     * @param peer the peer
     */
    public void onWritable(Peer peer) {
        PeerStreams streams = byPeer.get(peer);
        if (streams != null) {
            streams.onWritable();
        }
    }

    /** Other rules say who may open streams. */
    public void onRules() {
        for (Peer peer : List.copyOf(context.peers().all())) {
            PeerStreams streams = byPeer.get(peer);
            if (streams != null) {
                streams.onRules();
            }
        }
    }

    /**
     * The connection that carried a stream is gone, and the edge has another one.
     *
     * @param peer the peer
     * @param stream its number
     */
    public void onStreamLost(Peer peer, long stream) {
        PeerStreams streams = byPeer.get(peer);
        if (streams != null) {
            streams.onLost(stream);
        }
    }

    /**
     * The edge to a peer is gone: its streams end.
     *
     * @param peer the peer
     * @param reason why
     */
    public void onPeerDown(Peer peer, CloseReason reason) {
        onDemand.remove(peer);
        PeerStreams streams = byPeer.remove(peer);
        if (streams != null) {
            streams.onPeerDown(reason);
        }
    }

    /**
     * Number of open streams.
     *
     * @param peer any peer
     */
    public int count(Peer peer) {
        PeerStreams streams = byPeer.get(peer);
        return streams == null ? 0 : streams.count();
    }

    private PeerStreams streamsOf(Peer peer) {
        return byPeer.computeIfAbsent(
                peer, added -> new PeerStreams(context, settings, added, this::acceptor, reassembly, windows));
    }
}
