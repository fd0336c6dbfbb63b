package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.edge.EdgeSettings;
import io.chaski.core.internal.runtime.AesGcm;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Beacon;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import io.chaski.core.security.PeerIdentity;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A handful of whole nodes, joined by frames that are passed on directly, in virtual time. Besides nodes there are
 * strangers: ends of a connection that a test plays by hand.
 */
public final class Wires {

    /** One way. */
    public static final Duration LATENCY = Duration.ofMillis(10);

    private static final long EPOCH = 1_000;

    private final PriorityQueue<Step> steps =
            new PriorityQueue<>(Comparator.comparingLong(Step::atNanos).thenComparingLong(Step::order));
    private final Map<Address, Node> listening = new LinkedHashMap<>();
    private final Map<Address, BiConsumer<Address, Datagram>> datagramHandlers = new LinkedHashMap<>();
    private final List<Address> swallowed = new ArrayList<>();
    private final Map<Address, Frame> answers = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Cable> cables = new ArrayList<>();
    private final Random seeds = new Random(42);
    private long nowNanos = Duration.ofHours(1).toNanos();
    private long order;
    private int names;
    private boolean isSecured;
    private boolean hasLan;
    private boolean isLanCut;

    private record Step(long atNanos, long order, Runnable action) {}

    /** One end of a connection. */
    private interface End {
        void onFrame(Frame frame);

        void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body);

        void onBytes();

        void onClosed(CloseReason reason);

        /** What it proves to the other end. */
        default @Nullable LinkIdentity shown() {
            return null;
        }
    }

    /** A connection. */
    private final class Cable {
        private End dialler = new Stranger();
        private End acceptor = new Stranger();
        private boolean isCut;
        private boolean isClosed;

        Cable() {
            cables.add(this);
        }

        @Nullable
        LinkIdentity shownTo(End end) {
            return (end == dialler ? acceptor : dialler).shown();
        }

        void carry(End from, java.util.function.Consumer<End> what) {
            End to = from == dialler ? acceptor : dialler;
            later(() -> {
                if (!isCut) {
                    what.accept(to);
                }
            });
        }

        void close(End from) {
            if (!isClosed) {
                isClosed = true;
                carry(from, to -> to.onClosed(CloseReason.END_OF_STREAM));
            }
        }
    }

    /** What nodes are like unless a test says otherwise. */
    public record Options(
            String name,
            NodeId id,
            long epoch,
            String cluster,
            Address address,
            List<Address> bootstrap,
            ProtocolSettings settings,
            boolean relay) {
        public Options epoch(long other) {
            return new Options(name, id, other, cluster, address, bootstrap, settings, relay);
        }

        public Options id(NodeId other) {
            return new Options(name, other, epoch, cluster, address, bootstrap, settings, relay);
        }

        public Options cluster(String other) {
            return new Options(name, id, epoch, other, address, bootstrap, settings, relay);
        }

        public Options address(Address other) {
            return new Options(name, id, epoch, cluster, other, bootstrap, settings, relay);
        }

        public Options bootstrap(Address... others) {
            return new Options(name, id, epoch, cluster, address, List.of(others), settings, relay);
        }

        public Options edge(EdgeSettings edge) {
            return new Options(
                    name, id, epoch, cluster, address, bootstrap, manual(settings.manualTopology(), edge), relay);
        }

        /** Membership by itself instead of the manual topology that is the default here. */
        public Options automatic() {
            return new Options(name, id, epoch, cluster, address, bootstrap, manual(false, settings.edge()), relay);
        }

        /** Carries topics of others. */
        public Options asRelay() {
            return new Options(name, id, epoch, cluster, address, bootstrap, settings, true);
        }

        private ProtocolSettings manual(boolean isManual, EdgeSettings edge) {
            return new ProtocolSettings(
                    isManual,
                    edge,
                    settings.membership(),
                    settings.tree(),
                    settings.discovery(),
                    settings.stream(),
                    settings.memory());
        }
    }

    /** A message as it was delivered. */
    public record Delivered(String topic, NodeId origin, long seq, int hop, String text) {}

    /** A whole node. */
    public final class Node implements Outbox {
        private final Options options;
        private final NodeProtocol protocol;
        private final Map<Integer, Cable> byLink = new LinkedHashMap<>();
        private final Map<Integer, End> ends = new LinkedHashMap<>();
        private final List<NodeEvent> events = new ArrayList<>();
        private final List<Delivered> delivered = new ArrayList<>();
        private final List<String> datagrams = new ArrayList<>();
        private final List<Frame> sent = new ArrayList<>();
        private final List<Address> dialled = new ArrayList<>();
        private final List<Long> dialledAtNanos = new ArrayList<>();
        private boolean isPaused;
        private final List<Long> beaconsAtNanos = new ArrayList<>();
        private final boolean isOnLan = hasLan;
        private boolean hasUdp = true;
        private @Nullable LinkIdentity shown;

        Node(Options options) {
            this.options = options;
            LocalNode local = new LocalNode(
                    options.id,
                    options.epoch,
                    options.name,
                    options.cluster,
                    List.of(options.address),
                    options.bootstrap,
                    false,
                    options.relay);
            protocol = new NodeProtocol(local, options.settings, new Random(seeds.nextLong()), this);
        }

        public NodeId id() {
            return options.id;
        }

        public Address address() {
            return options.address;
        }

        public Options options() {
            return options;
        }

        public NodeProtocol protocol() {
            return protocol;
        }

        public List<NodeEvent> events() {
            return events;
        }

        /** Events of one kind. */
        public <E extends NodeEvent> List<E> events(Class<E> kind) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        public List<Delivered> delivered() {
            return delivered;
        }

        public List<String> datagrams() {
            return datagrams;
        }

        /** Every frame this node has sent, to anybody. */
        public List<Frame> sent() {
            return sent;
        }

        /** Frames of one kind that this node has sent. */
        public <F extends Frame> List<F> sent(Class<F> kind) {
            return sent.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        public List<Address> dialled() {
            return dialled;
        }

        /** When, in the same order. */
        public List<Long> dialledAtNanos() {
            return dialledAtNanos;
        }

        public List<NodeId> peers() {
            return protocol.snapshot(nowNanos).edges().stream()
                    .map(edge -> edge.peer())
                    .toList();
        }

        /** Where a peer is by its own word, as far as this node believes it. */
        public List<Address> addressesOf(Node peer) {
            return protocol.edges().get(peer.id()).descriptor().addresses();
        }

        /** Whether this node dialled, for each edge. */
        public List<Boolean> outbound() {
            return protocol.snapshot(nowNanos).edges().stream()
                    .map(edge -> edge.outbound())
                    .toList();
        }

        /** This node notices the end of its connections; the other ends never will. */
        public void forgetConnections() {
            for (Map.Entry<Integer, Cable> entry : List.copyOf(byLink.entrySet())) {
                entry.getValue().isCut = true;
                byLink.remove(entry.getKey());
                protocol.onLinkDown(entry.getKey(), CloseReason.RESET, nowNanos);
            }
        }

        public int openConnections() {
            return byLink.size();
        }

        /** What is told of its tables, but for those of overlays. */
        public Map<String, ToldTable> tables() {
            return ToldTable.all(protocol::tellTables);
        }

        /** What is told of the tables of one overlay. */
        public Map<String, ToldTable> tables(String topic) {
            return protocol.overlays().stream()
                    .filter(overlay -> overlay.topic().equals(topic))
                    .map(overlay -> ToldTable.all(overlay.tables()))
                    .findFirst()
                    .orElseThrow();
        }

        public long counter(String name) {
            return protocol.snapshot(nowNanos).counters().getOrDefault(name, 0L);
        }

        /** The application connects. */
        public Reached connect(Address to) {
            Reached reached = new Reached();
            protocol.connect(to, reached, nowNanos);
            return reached;
        }

        /** The other end of an edge that is up, as the state machines of the node see it. */
        public Peer peer(NodeId id) {
            return Objects.requireNonNull(protocol.edges().get(id));
        }

        /** A state machine of the node wants an edge to another one it has heard of. */
        public Reached reach(Descriptor whom) {
            Reached reached = new Reached();
            protocol.edges().reach(whom, Peers.Trust.HINT, reached);
            protocol.onTick(nowNanos);
            return reached;
        }

        public PublishOutcome publish(String topic, String text) {
            ArrayPayload body = ArrayPayload.owning(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return protocol.publish(topic, Source.MESSAGES, 128, false, body, nowNanos);
        }

        /** It has no UDP port from now on. */
        public void closeUdp() {
            hasUdp = false;
        }

        /** When it has said on the LAN that it is there. */
        public List<Long> beaconsAtNanos() {
            return beaconsAtNanos;
        }

        /** What it proves on connections from now on. */
        public void show(LinkIdentity identity) {
            shown = identity;
        }

        /** Numbers of its connections. */
        public List<Integer> links() {
            return List.copyOf(byLink.keySet());
        }

        /** The process stands still: inputs wait, timers do not fire. */
        public void pause() {
            isPaused = true;
        }

        public void resume() {
            isPaused = false;
        }

        /** Ends in good order. */
        public void leave() {
            listening.remove(options.address);
            protocol.leave(nowNanos);
        }

        /** The process is gone, and the machine says so to its peers. */
        public void crash() {
            crash(CloseReason.RESET);
        }

        private void crash(CloseReason reason) {
            listening.remove(options.address);
            nodes.remove(this);
            for (Map.Entry<Integer, Cable> entry : byLink.entrySet()) {
                Cable cable = entry.getValue();
                cable.isClosed = true;
                cable.carry(ends.get(entry.getKey()), to -> to.onClosed(reason));
            }
            byLink.clear();
        }

        private End end(int link) {
            return ends.computeIfAbsent(link, number -> new End() {
                private final @Nullable LinkIdentity proof = shown;

                @Override
                public @Nullable LinkIdentity shown() {
                    return proof;
                }

                @Override
                public void onFrame(Frame frame) {
                    if (byLink.containsKey(number)) {
                        input(() -> protocol.onFrame(number, frame, nowNanos));
                    }
                }

                @Override
                public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
                    if (byLink.containsKey(number)) {
                        input(() -> protocol.onData(number, source, seq, hop, hopLimit, flags, body, nowNanos));
                    }
                }

                @Override
                public void onBytes() {
                    if (byLink.containsKey(number)) {
                        input(() -> protocol.onBytes(number, nowNanos));
                    }
                }

                @Override
                public void onClosed(CloseReason reason) {
                    if (byLink.remove(number) != null) {
                        input(() -> protocol.onLinkDown(number, reason, nowNanos));
                    }
                }
            });
        }

        private void input(Runnable action) {
            if (nodes.contains(this)) {
                if (isPaused) {
                    later(() -> input(action));
                } else {
                    action.run();
                }
            }
        }

        private int accept(Cable cable, Address remote) {
            int link = protocol.onAccepted(remote, nowNanos);
            if (link != NodeProtocol.REFUSED) {
                cable.acceptor = end(link);
                byLink.put(link, cable);
                if (identity(link) != null) {
                    protocol.onSecured(link, nowNanos);
                }
            }
            return link;
        }

        @Override
        public void send(int link, Frame frame) {
            sent.add(frame);
            Cable cable = byLink.get(link);
            if (cable == null) {
                throw new AssertionError(options.name + " sends on link " + link + " which is not open: " + frame);
            }
            cable.carry(ends.get(link), to -> to.onFrame(frame));
        }

        @Override
        public void sendData(int link, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
            ArrayPayload kept = ArrayPayload.keep(body);
            byLink.get(link).carry(ends.get(link), to -> to.onData(source, seq, hop, hopLimit, flags, kept));
        }

        @Override
        public boolean isWritable(int link) {
            return true;
        }

        @Override
        public @Nullable Address local(int link) {
            return byLink.containsKey(link) ? options.address : null;
        }

        @Override
        public @Nullable LinkIdentity identity(int link) {
            Cable cable = byLink.get(link);
            return cable == null ? null : cable.shownTo(ends.get(link));
        }

        @Override
        public boolean datagram(Address to, Datagram datagram) {
            if (!hasUdp) {
                return false;
            }
            later(() -> {
                Node target = listening.get(to);
                BiConsumer<Address, Datagram> handler = datagramHandlers.get(to);
                if (handler != null) {
                    handler.accept(options.address, datagram);
                } else if (target != null) {
                    target.input(
                            () -> target.protocol.onDatagram(options.address, datagram, Datagram.MAX_BYTES, nowNanos));
                }
            });
            return true;
        }

        @Override
        public boolean hasLan() {
            return isOnLan;
        }

        /** Everybody on the LAN hears it, the sender too, as with multicast. */
        @Override
        public void beacon(long cluster, long token) {
            beaconsAtNanos.add(nowNanos);
            if (!isLanCut) {
                Beacon beacon = new Beacon(cluster, token, options.address.port());
                nodes.stream()
                        .filter(Node::hasLan)
                        .forEach(node ->
                                later(() -> node.input(() -> Wires.this.beacon(options.address, node, beacon))));
            }
        }

        @Override
        public DatagramCipher.@Nullable Factory datagramCiphers() {
            return hasUdp ? AesGcm::new : null;
        }

        @Override
        public void dial(int link, Address address) {
            dialled.add(address);
            dialledAtNanos.add(nowNanos);
            Cable cable = new Cable();
            cable.dialler = end(link);
            byLink.put(link, cable);
            later(() -> {
                Node target = listening.get(address);
                if (swallowed.contains(address)) {
                    return;
                }
                Frame answer = answers.get(address);
                if (answer != null) {
                    later(() -> connected(link, address, cable, false));
                    later(() -> cable.carry(cable.acceptor, to -> to.onFrame(answer)));
                    return;
                }
                if (target == null) {
                    later(() -> refused(link));
                } else if (!cable.isClosed) {
                    boolean isLocal = address.isLocal();
                    Address remote = isLocal ? Address.tcp("127.0.0.1", 40_000) : options.address.withPort(40_000);
                    int accepted = target.accept(cable, remote);
                    later(() -> connected(link, address, cable, accepted == NodeProtocol.REFUSED));
                }
            });
        }

        private void refused(int link) {
            if (byLink.remove(link) != null) {
                input(() -> protocol.onDialFailed(link, DialFailure.REFUSED, nowNanos));
            }
        }

        private void connected(int link, Address address, Cable cable, boolean isRefused) {
            if (byLink.get(link) == cable) {
                input(() -> protocol.onDialed(link, address, nowNanos));
                if (isRefused && byLink.remove(link) != null) {
                    input(() -> protocol.onLinkDown(link, CloseReason.END_OF_STREAM, nowNanos));
                }
            }
        }

        @Override
        public void close(int link) {
            Cable cable = byLink.remove(link);
            if (cable != null) {
                cable.close(ends.get(link));
            }
        }

        @Override
        public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
            String text = new String(body.toByteArray(), java.nio.charset.StandardCharsets.UTF_8);
            delivered.add(new Delivered(source.topic().name(), source.origin(), seq, hop, text));
        }

        @Override
        public void gap(Source source, long from, long to) {
            events.add(new NodeEvent.GapDetected(
                    source.topic().name(), new NodeEvent.Gap(source.origin(), source.epoch(), from, to)));
        }

        @Override
        public void datagramReceived(NodeId from, ArrayPayload payload) {
            datagrams.add(from + " " + new String(payload.toByteArray(), java.nio.charset.StandardCharsets.UTF_8));
        }

        @Override
        public void emit(NodeEvent event) {
            events.add(event);
        }

        @Override
        public String toString() {
            return options.name;
        }
    }

    /** Remembers how a wish to reach somebody ended. */
    public static final class Reached implements Peers.Reach {
        private final List<String> outcomes = new ArrayList<>();

        @Override
        public void onReached(Peer peer) {
            outcomes.add("reached " + peer.id());
        }

        @Override
        public void onUnreachable() {
            outcomes.add("unreachable");
        }

        @Override
        public void onDeferred() {
            outcomes.add("deferred");
        }

        public List<String> outcomes() {
            return outcomes;
        }
    }

    /** The far end of a connection, played by the test. */
    public static final class Stranger implements End {
        private final List<Frame> received = new ArrayList<>();
        private Cable cable;
        private boolean isClosed;
        private @Nullable LinkIdentity shown;

        @Override
        public @Nullable LinkIdentity shown() {
            return shown;
        }

        @Override
        public void onFrame(Frame frame) {
            received.add(frame);
        }

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {}

        @Override
        public void onBytes() {}

        @Override
        public void onClosed(CloseReason reason) {
            isClosed = true;
        }

        /** Sends a part of a frame whose end may come later. */
        public void sendBytes() {
            cable.carry(this, End::onBytes);
        }

        public void send(Frame frame) {
            cable.carry(this, to -> to.onFrame(frame));
        }

        public void sendData(int source, long seq, int hop, ArrayPayload body) {
            cable.carry(this, to -> to.onData(source, seq, hop, 128, 0, body));
        }

        public void close() {
            cable.close(this);
        }

        public boolean isClosed() {
            return isClosed;
        }

        /** What came since the last look, PING left out because its time is a matter of chance. */
        public List<Frame> takeReceived() {
            List<Frame> taken = received.stream()
                    .filter(frame -> !(frame instanceof io.chaski.core.internal.wire.EdgeFrame.Ping))
                    .toList();
            received.clear();
            return taken;
        }

        /** Everything that came since the last look. */
        public List<Frame> takeAll() {
            List<Frame> taken = List.copyOf(received);
            received.clear();
            return taken;
        }
    }

    /** Nodes that are made from now on have identities: {@code chaski://test.example/node/} and their name. */
    public Wires secured() {
        isSecured = true;
        return this;
    }

    /** Nodes that are made from now on take part in discovery on the one LAN that there is. */
    public Wires withLan() {
        hasLan = true;
        return this;
    }

    /** Whether beacons get lost. */
    public void cutLan(boolean isCut) {
        isLanCut = isCut;
    }

    /** A beacon comes to a node, as if it came from that host. */
    public void beacon(Address from, Node to, Beacon beacon) {
        to.protocol.onBeacon(from.withPort(50_000), beacon, nowNanos);
    }

    /** Who a node of this name is. */
    public static PeerIdentity identity(String name) {
        ChaskiUri uri = ChaskiUri.parse("chaski://test.example/node/" + name);
        Fingerprint key = Fingerprint.of(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return PeerIdentity.of(new Identity(uri, BigInteger.ONE, key, Instant.MAX));
    }

    /** A node with a name, in manual topology, started. */
    public Node node(String name) {
        return node(name, options -> options);
    }

    /** A node that differs in something, started. */
    public Node node(String name, UnaryOperator<Options> change) {
        Node node = new Node(change.apply(new Options(
                name,
                isSecured ? identity(name).nodeId() : new NodeId(names + 1, 0xfeed),
                EPOCH,
                "test",
                Address.tcp("10.0.0." + ++names, 8511),
                List.of(),
                new Options(
                                name,
                                new NodeId(0, 0),
                                0,
                                "",
                                Address.inproc("x"),
                                List.of(),
                                ProtocolSettings.DEFAULTS,
                                false)
                        .manual(true, EdgeSettings.DEFAULTS),
                false)));
        if (isSecured) {
            node.show(new LinkIdentity(identity(name), Instant.MAX));
        }
        nodes.add(node);
        listening.put(node.address(), node);
        node.protocol.start(nowNanos);
        return node;
    }

    /** A node listens at a further address. */
    public void alias(Address address, Node node) {
        listening.put(address, node);
    }

    /** Whoever dials this address hears nothing. */
    public void swallow(Address address) {
        swallowed.add(address);
    }

    /** Whoever dials this address hears this frame and nothing else. */
    public void answer(Address address, Frame frame) {
        answers.put(address, frame);
    }

    /** A stranger connects to a node. */
    public Stranger stranger(Node to, Address from) {
        return stranger(to, from, null);
    }

    /** A stranger connects to a node and proves who he is, or does not get so far. */
    public Stranger stranger(Node to, Address from, @Nullable LinkIdentity shown) {
        Stranger stranger = new Stranger();
        stranger.shown = shown;
        Cable cable = new Cable();
        cable.dialler = stranger;
        stranger.cable = cable;
        if (to.accept(cable, from) == NodeProtocol.REFUSED) {
            stranger.isClosed = true;
        }
        return stranger;
    }

    /** Sends a datagram to a node, as if it had come in a packet of that size. */
    public void datagram(Address from, Node to, Datagram datagram, int bytes) {
        to.protocol.onDatagram(from, datagram, bytes, nowNanos);
    }

    /** Takes datagrams that are sent to an address. */
    public void onDatagram(Address at, BiConsumer<Address, Datagram> handler) {
        datagramHandlers.put(at, handler);
    }

    /** Nothing comes through on the connections between two nodes any more, and nobody is told. */
    public void cut(Node a, Node b) {
        for (Cable cable : a.byLink.values()) {
            if (b.byLink.containsValue(cable)) {
                cable.isCut = true;
            }
        }
    }

    public long nowNanos() {
        return nowNanos;
    }

    /** Lets time pass. */
    public void advance(Duration time) {
        long until = nowNanos + time.toNanos();
        while (true) {
            Node next = null;
            long deadline = until;
            for (Node node : nodes) {
                if (!node.isPaused && node.protocol.nextDeadlineNanos() <= deadline) {
                    if (next == null || node.protocol.nextDeadlineNanos() < deadline) {
                        next = node;
                        deadline = node.protocol.nextDeadlineNanos();
                    }
                }
            }
            Step step = steps.peek();
            if (step != null && step.atNanos <= deadline) {
                steps.remove();
                nowNanos = Math.max(nowNanos, step.atNanos);
                step.action.run();
            } else if (next != null) {
                nowNanos = Math.max(nowNanos, deadline);
                next.protocol.onTick(nowNanos);
            } else {
                nowNanos = until;
                return;
            }
        }
    }

    /** Long enough for a dial and a handshake. */
    public void settle() {
        advance(Duration.ofMillis(200));
    }

    private void later(Runnable action) {
        steps.add(new Step(nowNanos + LATENCY.toNanos(), order++, action));
    }
}
