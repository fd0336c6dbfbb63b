package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.NodeMemory;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.UnsignedContext;
import io.chaski.core.internal.protocol.edge.HeardAddresses;
import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A node of a {@link Mesh}: overlays, discovery, edges, and nothing else. */
public final class MeshNode extends NoConnections implements UnsignedContext, Peers {

    /** A dial and everybody who waits for it. */
    static final class Dial {
        final List<Reach> waiting = new ArrayList<>();
    }

    final Mesh mesh;
    long watchedNanos = Timers.NONE;
    int sent;
    int received;
    final List<NodeEvent> events = new ArrayList<>();
    final List<String> links = new ArrayList<>();
    /** What a puppet has received. */
    final List<Frame> inbox = new ArrayList<>();

    ProtocolSettings settings = ProtocolSettings.DEFAULTS;

    private final NodeId id;
    private final long epoch;
    private final Address address;
    private final List<Address> bootstrap;
    private final RandomGenerator random;
    private final Timers timers = new Timers();
    private final Names names = new Names();
    private final Counters counters = new Counters();
    private final NodeMemory memory;
    private final Map<NodeId, MeshPeer> peers = new LinkedHashMap<>();
    private final Map<Address, Dial> dials = new LinkedHashMap<>();
    private final Map<String, Membership> overlays = new LinkedHashMap<>();
    private BiPredicate<MeshNode, Frame> loss = (to, frame) -> false;
    private final List<String> announced = new ArrayList<>();
    private double hints = 8;
    private long hintsNanos;
    private boolean running;
    private boolean puppet;
    private boolean root;
    private Discovery discovery;
    private NonMember nonMember;

    MeshNode(Mesh mesh, NodeId id, long epoch, Address address, List<Address> bootstrap) {
        this.mesh = mesh;
        this.id = id;
        this.epoch = epoch;
        this.address = address;
        this.bootstrap = bootstrap;
        this.random = mesh.split();
        this.memory = NodeMemory.of(this);
    }

    // ---- life

    public MeshNode root() {
        root = true;
        return this;
    }

    /** Starts with a control overlay and discovery. */
    public MeshNode start() {
        running = true;
        HyParView control = (HyParView) join(HyParView.CONTROL);
        discovery = new Discovery(this, control, new MeshTopics(this));
        nonMember = new NonMember(this, discovery::lookUp);
        discovery.start();
        control.start();
        mesh.watch(this);
        sweep();
        return this;
    }

    /** Starts with edges only. */
    public MeshNode startManual() {
        running = true;
        settings = new ProtocolSettings(
                true,
                settings.edge(),
                settings.membership(),
                settings.tree(),
                settings.discovery(),
                settings.stream(),
                settings.memory());
        discovery = new Discovery(this, null, new MeshTopics(this));
        nonMember = new NonMember(this, discovery::lookUp);
        discovery.start();
        mesh.watch(this);
        return this;
    }

    /** Starts without any protocol: a puppet says what the test says and records what it hears. */
    public MeshNode startPuppet(MeshNode... peers) {
        running = true;
        puppet = true;
        for (MeshNode peer : peers) {
            connect(peer);
        }
        return this;
    }

    /** A puppet speaks. */
    public void say(MeshNode to, Frame frame) {
        get(to.self()).send(frame);
    }

    /** What a puppet has received since the last call. */
    public List<Frame> heard() {
        List<Frame> heard = List.copyOf(inbox);
        inbox.clear();
        return heard;
    }

    /** A puppet gets itself a link. */
    public void linkAs(String topic, MeshNode to, int generation) {
        say(
                to,
                new MembershipFrame.Neighbor(
                        mesh.topicNumber(topic), MembershipFrame.Priority.HIGH, generation, descriptor(), List.of()));
    }

    /** To be called after an input that the mesh did not deliver. */
    public void watch() {
        mesh.watch(this);
    }

    public int sentCount() {
        return sent;
    }

    /** A puppet subscribes in name only. */
    public void announce(String topic) {
        announced.add(topic);
        announce();
    }

    /** Holds all edges against the idle sweep, as an application that connected by hand does. */
    public void connect(MeshNode other) {
        Object application = new Object();
        reach(other.address(), Trust.CONFIGURED, new Reach() {
            @Override
            public void onReached(Peer peer) {
                peer.hold(application);
            }

            @Override
            public void onUnreachable() {}
        });
    }

    /** Ends the edge with another node, as if nobody had used it for long. */
    public void endIdle(MeshNode other) {
        endIdle(peers.get(other.descriptor().id()));
    }

    private static void endIdle(MeshPeer peer) {
        MeshPeer there = peer.reverse;
        peer.node.drop(peer, CloseReason.IDLE);
        there.node.drop(there, CloseReason.IDLE);
    }

    private void sweep() {
        mesh.in(Duration.ofSeconds(10).toNanos(), () -> {
            if (running) {
                for (MeshPeer peer : peerList()) {
                    long idleNanos = nowNanos() - Math.max(peer.idleSinceNanos, peer.reverse.idleSinceNanos);
                    if (!peer.isHeld()
                            && !peer.reverse.isHeld()
                            && idleNanos > Duration.ofSeconds(60).toNanos()) {
                        endIdle(peer);
                    }
                }
                sweep();
            }
        });
    }

    public Membership subscribe(String topic) {
        Membership overlay = join(topic);
        announce();
        overlay.start();
        discovery.onSubscriptionsChanged();
        mesh.watch(this);
        return overlay;
    }

    public void unsubscribe(String topic) {
        overlays.remove(topic).leave();
        announce();
        discovery.onSubscriptionsChanged();
        mesh.watch(this);
    }

    private Membership join(String topic) {
        TopicRef ref = names.retainTopic(topic);
        Membership.Listener listener = new MeshListener(this, ref);
        Membership overlay = settings.manualTopology()
                ? new ManualTopology(this, ref, listener)
                : new HyParView(this, ref, listener);
        overlays.put(topic, overlay);
        return overlay;
    }

    private void announce() {
        Descriptor words = descriptor();
        for (MeshPeer peer : peerList()) {
            MeshPeer there = peer.reverse;
            peer.deliver(() -> {
                Descriptor before = there.descriptor();
                there.announced(words);
                if (there.node.puppet) {
                    return;
                }
                there.node.discovery.learn(there);
                for (Map.Entry<String, Membership> overlay : List.copyOf(there.node.overlays.entrySet())) {
                    long hash = TopicSummary.hashOf(overlay.getKey());
                    boolean now = words.topics().mayContain(hash);
                    if (now != before.topics().mayContain(hash)) {
                        overlay.getValue().onSubscriptionChanged(there, now);
                    }
                }
                mesh.watch(there.node);
            });
        }
    }

    /** Ends without a word; edges are reset. */
    public void crash() {
        running = false;
        for (MeshPeer peer : peerList()) {
            MeshPeer there = peer.reverse;
            mesh.in(mesh.latencyNanos(this, peer.other), () -> there.node.drop(there, CloseReason.RESET));
            peer.down();
        }
        peers.clear();
    }

    /** Ends in good order. */
    public void leave() {
        overlays.values().forEach(Membership::leave);
        for (MeshPeer peer : peerList()) {
            MeshPeer there = peer.reverse;
            peer.deliver(() -> there.node.drop(there, CloseReason.LEAVING));
        }
        running = false;
    }

    boolean isRunning() {
        return running;
    }

    // ---- looking

    Set<String> topics() {
        return overlays.keySet();
    }

    public Membership overlay(String topic) {
        return overlays.get(topic);
    }

    public List<Peer> neighbours(String topic) {
        return overlays.get(topic).neighbours();
    }

    public Discovery discovery() {
        return discovery;
    }

    List<MeshPeer> peerList() {
        return List.copyOf(peers.values());
    }

    public Address address() {
        return address;
    }

    long epoch() {
        return epoch;
    }

    // ---- network

    /** Some of the frames this node sends are lost. */
    void lose(BiPredicate<MeshNode, Frame> which) {
        loss = which;
    }

    boolean loses(MeshNode to, Frame frame) {
        return loss.test(to, frame);
    }

    void up(MeshPeer peer) {
        MeshPeer before = peers.get(peer.id());
        if (before != null) {
            drop(before, CloseReason.SUPERSEDED);
        }
        peers.put(peer.id(), peer);
        peer.idleSinceNanos = nowNanos();
        if (puppet) {
            return;
        }
        discovery.onPeerUp(peer);
        List.copyOf(overlays.values()).forEach(overlay -> overlay.onPeerUp(peer));
        mesh.watch(this);
    }

    void drop(MeshPeer peer, CloseReason reason) {
        if (running && peers.remove(peer.id(), peer)) {
            peer.down();
            if (puppet) {
                return;
            }
            discovery.onPeerDown(peer, reason);
            nonMember.onPeerDown(peer);
            List.copyOf(overlays.values()).forEach(overlay -> overlay.onPeerDown(peer, reason));
            mesh.watch(this);
        }
    }

    void receive(MeshPeer from, Frame frame) {
        received++;
        if (puppet) {
            inbox.add(frame);
            return;
        }
        UnaryOperator<Descriptor> entrance = heard -> HeardAddresses.clear(heard, from.remoteAddress());
        if (frame instanceof MembershipFrame heard) {
            MembershipFrame membership = heard.withDescriptors(entrance);
            String topic = mesh.topicName(membership.topic());
            Membership overlay = overlays.get(topic);
            if (overlay != null) {
                overlay.onFrame(from, membership);
            } else {
                nonMember.onFrame(from, from.topicOf(membership.topic()), membership);
            }
        } else {
            discovery.onFrame(from, ((DiscoveryFrame) frame).withDescriptors(entrance));
        }
        mesh.watch(this);
    }

    void dialed(Dial dial, MeshPeer peer) {
        if (running) {
            dials.values().remove(dial);
            for (Reach reach : List.copyOf(dial.waiting)) {
                if (peer == null) {
                    reach.onUnreachable();
                } else {
                    reach.onReached(peer);
                }
            }
            mesh.watch(this);
        }
    }

    // ---- Peers

    @Override
    public MeshPeer get(NodeId peer) {
        return peers.get(peer);
    }

    @Override
    public Collection<? extends Peer> all() {
        return List.copyOf(peers.values());
    }

    @Override
    public void reach(Descriptor whom, Trust trust, Reach reach) {
        MeshPeer peer = peers.get(whom.id());
        if (peer != null) {
            reach.onReached(peer);
        } else {
            reach(whom.addresses().get(0), trust, reach);
        }
    }

    /** Dials on hearsay: a burst of eight, then one a second. */
    private boolean takeHint() {
        double refilled = hints + (nowNanos() - hintsNanos) / 1e9;
        hints = Math.min(8, refilled);
        hintsNanos = nowNanos();
        boolean may = hints >= 1;
        hints -= may ? 1 : 0;
        return may;
    }

    @Override
    public void reach(Address where, Trust trust, Reach reach) {
        for (MeshPeer peer : peers.values()) {
            if (peer.other.address().equals(where)) {
                reach.onReached(peer);
                return;
            }
        }
        Dial dial = dials.get(where);
        if (dial == null && trust == Trust.HINT && !takeHint()) {
            mesh.in(0, () -> {
                if (running) {
                    reach.onDeferred();
                    mesh.watch(this);
                }
            });
            return;
        }
        if (dial == null) {
            dial = new Dial();
            dials.put(where, dial);
            mesh.dial(this, where, dial);
        }
        dial.waiting.add(reach);
    }

    // ---- ProtocolContext

    @Override
    public long nowNanos() {
        return mesh.nowNanos();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Timers timers() {
        return timers;
    }

    @Override
    public Outbox outbox() {
        return this;
    }

    @Override
    public Names names() {
        return names;
    }

    @Override
    public Peers peers() {
        return this;
    }

    @Override
    public NodeId self() {
        return id;
    }

    @Override
    public Descriptor descriptor() {
        List<Long> hashes = Stream.concat(overlays.keySet().stream(), announced.stream())
                .filter(topic -> !topic.equals(HyParView.CONTROL))
                .map(TopicSummary::hashOf)
                .toList();
        return new Descriptor(id, epoch, List.of(address), false, false, root, TopicSummary.of(hashes), 0);
    }

    @Override
    public List<Address> bootstrap() {
        return bootstrap;
    }

    @Override
    public ProtocolSettings settings() {
        return settings;
    }

    @Override
    public NodeMemory memory() {
        return memory;
    }

    @Override
    public Counters counters() {
        return counters;
    }

    // ---- Outbox

    @Override
    public void emit(NodeEvent event) {
        events.add(event);
    }
}
