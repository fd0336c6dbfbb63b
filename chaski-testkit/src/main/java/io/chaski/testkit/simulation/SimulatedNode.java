package io.chaski.testkit.simulation;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.testkit.internal.virtual.Machine;
import io.chaski.testkit.internal.virtual.TraceHash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link SimulatedNetwork}: the production protocol on a virtual machine. Commands act at the current
 * virtual time; what they cause happens when the network advances. Records what its application would see. Confined
 * to the simulation's thread.
 */
public final class SimulatedNode {

    /** Largest hop of a message, as the library's default. */
    private static final int HOP_LIMIT = 128;

    /** An edge that cannot come up is no business of these tests. */
    private static final Peers.Reach NOBODY_LISTENS = new Peers.Reach() {
        @Override
        public void onReached(Peer peer) {}

        @Override
        public void onUnreachable() {}
    };

    private final SimulatedNetwork network;
    private final String name;
    private final SimulatedNodeOptions options;
    private final Machine machine;
    private final SplittableGenerator random;
    private final NodeId id;
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<ReportedGap> gaps = new ArrayList<>();
    private final List<NodeEvent> events = new ArrayList<>();
    private final List<String> datagrams = new ArrayList<>();
    private final Map<String, Long> membershipFrames = new HashMap<>();
    private final Map<String, SimulatedConsumer> consumers = new LinkedHashMap<>();
    private final Map<String, Runnable> waiting = new HashMap<>();
    private @Nullable NodeLife life;
    private long epoch;

    SimulatedNode(
            SimulatedNetwork network,
            String name,
            SimulatedNodeOptions options,
            Machine machine,
            SplittableGenerator random) {
        this.network = network;
        this.name = name;
        this.options = options;
        this.machine = machine;
        this.random = random;
        this.id = NodeId.random(random);
    }

    // ---- who it is

    /** Its id, the same in each life. */
    public NodeId id() {
        return id;
    }

    /** Its name within the network. */
    public String name() {
        return name;
    }

    /** Where others reach it, the same in each life. */
    public Address address() {
        return machine.address();
    }

    /** Incarnation of the current life, or of the last. */
    public long epoch() {
        return epoch;
    }

    @Override
    public String toString() {
        return name;
    }

    // ---- life

    /** Whether it is alive, if perhaps paused. */
    public boolean isUp() {
        return life != null;
    }

    /** Whether its process stands still. */
    public boolean isPaused() {
        return machine.isAsleep();
    }

    void start() {
        start(Math.max(epoch + 1, network.wallClockMillis()));
    }

    private void start(long newEpoch) {
        epoch = newEpoch;
        LocalNode self = new LocalNode(
                id,
                epoch,
                name,
                options.cluster(),
                List.of(address()),
                options.bootstrap(),
                options.root(),
                options.relay());
        NodeLife born = new NodeLife(this, network.wires(), machine, self, options.settings(), random.split());
        life = born;
        network.onUp();
        born.start();
    }

    /** The process is killed; its kernel resets the connections, so that all peers hear of it. */
    public void crash() {
        endLife("crash");
        machine.crash();
    }

    /** The machine loses power: nobody is told, and nothing is answered until it starts again. */
    public void crashSilently() {
        endLife("crash silently");
        machine.vanish();
    }

    /** Leaves in good order and ends. */
    public void leave() {
        NodeLife leaving = living();
        leaving.protocol().leave(machine.nanoTime());
        endLife("leave");
        machine.refuse();
    }

    private void endLife(String how) {
        network.wires().trace(name + ": " + how);
        living().end();
        consumers.values().forEach(SimulatedConsumer::close);
        consumers.clear();
        waiting.clear();
        life = null;
        network.onDown(this);
    }

    /** Starts again after a crash: same id and address, higher epoch, no memory, no subscription. */
    public void restart() {
        requireDown();
        start();
    }

    /**
     * Starts again after a crash with the clock of an earlier time: same id and address, a lower epoch than others have seen.
     *
     * @param by how far the clock is behind that of the life before
     */
    public void restartBehind(Duration by) {
        requireDown();
        start(Math.max(1, epoch - by.toMillis()));
    }

    private void requireDown() {
        if (life != null) {
            throw new IllegalStateException(name + " is up");
        }
    }

    /**
     * The process stands still, as in a long garbage collection; what arrives waits.
     *
     * @param duration how long
     */
    public void pause(Duration duration) {
        NodeLife paused = living();
        network.wires().trace(name + ": pause " + duration);
        machine.sleep();
        network.after(duration, () -> {
            if (life == paused) {
                // Timers first: whoever stood still hears its alarm clock before the post.
                machine.wakeAfter(paused::tick);
            }
        });
    }

    /**
     * The monotonic clock jumps ahead, as after a suspended machine goes on.
     *
     * @param duration how far
     */
    public void jumpClock(Duration duration) {
        machine.jumpClock(duration.toNanos());
        living().run(TraceHash.of("jump " + duration), () -> {});
        living().tick();
    }

    /** The kernel refuses new connections from now on; the ones that exist go on. */
    public void refuseConnections() {
        network.wires().trace(name + ": refuse connections");
        machine.refuse();
    }

    // ---- commands

    /**
     * Subscribes to a topic.
     *
     * @param topic its name
     */
    public void subscribe(String topic) {
        NodeLife current = living();
        command("subscribe " + topic, protocol -> {
            current.onSubscribed(topic);
            protocol.subscribe(topic, machine.nanoTime());
        });
    }

    /**
     * Subscribes to a topic with a queue that publishers wait for.
     *
     * @param topic its name
     * @param capacity cost of the messages it holds: 64 and the body, each
     * @return who takes from the queue; nothing until told
     */
    public SimulatedConsumer subscribeWaiting(String topic, long capacity) {
        NodeLife current = living();
        SimulatedConsumer consumer = SimulatedConsumer.waitedFor(network, deliveries::add, capacity, () -> {
            if (life == current) {
                command("room " + topic, protocol -> protocol.onRoom(topic, machine.nanoTime()));
            }
        });
        consumers.put(topic, consumer);
        subscribe(topic);
        command("room " + topic, protocol -> protocol.onRoom(topic, machine.nanoTime()));
        return consumer;
    }

    /**
     * Subscribes to a topic with a queue that nobody waits for: when it is full it gives up the oldest. What waits in it has not
     * been delivered yet.
     *
     * @param topic its name
     * @param capacity cost of the messages it holds: 64 and the body, each
     * @return who takes from the queue; nothing until told
     */
    public SimulatedConsumer subscribeDropping(String topic, long capacity) {
        SimulatedConsumer consumer = SimulatedConsumer.dropping(network, deliveries::add, capacity);
        consumers.put(topic, consumer);
        subscribe(topic);
        return consumer;
    }

    /**
     * Publishes as fast as subscribers take, until all is published.
     *
     * @param topic name of the topic
     * @param count how many messages
     * @param bytes size of each
     */
    public void publishWaiting(String topic, int count, int bytes) {
        ArrayPayload payload = ArrayPayload.owning(new byte[bytes]);
        for (int left = count; left > 0; left--) {
            if (publish(topic, payload).status() == PublishOutcome.Status.BLOCKED) {
                int rest = left;
                waiting.put(topic, () -> publishWaiting(topic, rest, bytes));
                return;
            }
        }
    }

    /** Whether a publisher here waits for credit. */
    public boolean isPublishingBlocked(String topic) {
        return waiting.containsKey(topic);
    }

    /**
     * Ends the subscription.
     *
     * @param topic its name
     */
    public void unsubscribe(String topic) {
        NodeLife current = living();
        SimulatedConsumer consumer = consumers.remove(topic);
        if (consumer != null) {
            consumer.close();
        }
        command("unsubscribe " + topic, protocol -> {
            protocol.unsubscribe(topic, machine.nanoTime());
            current.onUnsubscribed(topic);
        });
    }

    /**
     * Publishes a text. The node must not be paused.
     *
     * @param topic name of the topic
     * @param text what
     * @return what became of it
     */
    public PublishOutcome publish(String topic, String text) {
        return publish(topic, ArrayPayload.owning(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Publishes. The node must not be paused.
     *
     * @param topic name of the topic
     * @param payload what
     * @return what became of it
     */
    public PublishOutcome publish(String topic, ArrayPayload payload) {
        return publish(topic, payload, false);
    }

    /**
     * Publishes without waiting for anybody. The node must not be paused.
     *
     * @param topic name of the topic
     * @param payload what
     * @return what became of it
     */
    public PublishOutcome publishLive(String topic, ArrayPayload payload) {
        return publish(topic, payload, true);
    }

    /**
     * Subscribes to a topic whose messages are signed.
     *
     * @param topic its name
     */
    public void subscribeSigned(String topic) {
        subscribe(topic);
        command("require proofs " + topic, protocol -> protocol.requireProofs(topic, machine.nanoTime()));
    }

    /**
     * Signs a text and publishes it. The node must not be paused, and has keys.
     *
     * @param topic name of the topic
     * @param text what
     * @return what became of it
     */
    public PublishOutcome publishSigned(String topic, String text) {
        if (machine.isAsleep()) {
            throw new IllegalStateException(name + " is paused");
        }
        ArrayPayload payload = ArrayPayload.owning(text.getBytes(StandardCharsets.UTF_8));
        PublishOutcome[] outcome = new PublishOutcome[1];
        command(publication(topic, false, payload), protocol -> {
            PublishOutcome refused = protocol.publishSigned(
                    topic, HOP_LIMIT, false, payload, sent -> outcome[0] = sent, machine.nanoTime());
            if (refused.status() != PublishOutcome.Status.PENDING) {
                outcome[0] = refused;
            }
        });
        network.accounts().onPublished(this, living(), topic, Source.SIGNED, outcome[0]);
        network.onPublished(outcome[0]);
        return outcome[0];
    }

    private PublishOutcome publish(String topic, ArrayPayload payload, boolean live) {
        if (machine.isAsleep()) {
            throw new IllegalStateException(name + " is paused");
        }
        PublishOutcome[] outcome = new PublishOutcome[1];
        command(
                publication(topic, live, payload),
                protocol -> outcome[0] =
                        protocol.publish(topic, Source.MESSAGES, HOP_LIMIT, live, payload, machine.nanoTime()));
        network.accounts().onPublished(this, living(), topic, Source.MESSAGES, outcome[0]);
        network.onPublished(outcome[0]);
        return outcome[0];
    }

    private static long publication(String topic, boolean live, ArrayPayload payload) {
        return TraceHash.of((live ? "publish live " : "publish ") + topic) ^ TraceHash.of(payload.toByteBuffer());
    }

    /**
     * Asks for an edge to another node, which is kept until it is given up.
     *
     * @param other the other node
     */
    public void connect(SimulatedNode other) {
        command("connect " + other, protocol -> protocol.connect(other.address(), NOBODY_LISTENS, machine.nanoTime()));
    }

    /**
     * Gives an edge up.
     *
     * @param other the other node
     */
    public void disconnect(SimulatedNode other) {
        command("disconnect " + other, protocol -> protocol.disconnect(other.id(), machine.nanoTime()));
    }

    /**
     * Does anything with the protocol, as one input at the current time. It has no name, so of it nothing but its time is in the
     * fingerprint of the run, and what comes of it.
     *
     * @param command what to do
     */
    public void command(Command command) {
        command("another", command);
    }

    private void command(String what, Command command) {
        command(TraceHash.of(what), command);
    }

    private void command(long what, Command command) {
        NodeLife current = living();
        current.run(what, () -> command.run(current.protocol()));
    }

    /** Something to do with a node's protocol. */
    @FunctionalInterface
    public interface Command {
        /**
         * Runs as one input.
         *
         * @param protocol of the node
         */
        void run(NodeProtocol protocol);
    }

    /**
     * Sends on each of its connections what its protocol has not said.
     *
     * @param lie called once for each
     */
    public void lie(Lie lie) {
        living().lie(peer -> true, lie);
    }

    /**
     * The same, on its connections with one other node only.
     *
     * @param other whom it lies to
     * @param lie called once for each
     */
    public void lieTo(SimulatedNode other, Lie lie) {
        living().lie(other.id()::equals, lie);
    }

    /** What a hostile node says. */
    @FunctionalInterface
    public interface Lie {
        /**
         * Says it on one connection.
         *
         * @param named frames by which this end has given names to topics and publishers there
         * @param line sends a frame
         */
        void tell(List<EdgeFrame> named, Consumer<Frame> line);
    }

    // ---- what its application saw

    /** All messages delivered, in order, over all lives. */
    public List<Delivery> deliveries() {
        return Collections.unmodifiableList(deliveries);
    }

    /** All gaps reported, in order, over all lives. */
    public List<ReportedGap> gaps() {
        return Collections.unmodifiableList(gaps);
    }

    /** All events, in order, over all lives. */
    public List<NodeEvent> events() {
        return Collections.unmodifiableList(events);
    }

    /** Best-effort messages of peers as text, in order. */
    public List<String> datagrams() {
        return Collections.unmodifiableList(datagrams);
    }

    /** Forgets deliveries, gaps, events and datagrams. */
    public void clearRecords() {
        deliveries.clear();
        gaps.clear();
        events.clear();
        datagrams.clear();
    }

    /** The production state machine of the current life. */
    public NodeProtocol protocol() {
        return living().protocol();
    }

    /** The state of the node. */
    public NodeSnapshot snapshot() {
        return protocol().snapshot(machine.nanoTime());
    }

    /**
     * The nodes it has an active link of a topic with, in the order of its view.
     *
     * @param topic its name
     */
    public List<SimulatedNode> neighbours(String topic) {
        List<SimulatedNode> neighbours = new ArrayList<>();
        for (NodeId neighbour : protocol().neighbours(topic)) {
            neighbours.add(network.node(neighbour));
        }
        return neighbours;
    }

    /**
     * Frames of a type that have arrived, over all lives.
     *
     * @param frameType see {@link io.chaski.core.internal.wire.FrameType}
     */
    public long framesReceived(int frameType) {
        return machine.received(frameType);
    }

    /**
     * Frames of the membership of one overlay that have arrived, over all lives.
     *
     * @param topic name of the topic, or "@"
     */
    public long membershipFramesReceived(String topic) {
        return membershipFrames.getOrDefault(topic, 0L);
    }

    /**
     * Frames of a type that were sent, over all lives.
     *
     * @param frameType see {@link io.chaski.core.internal.wire.FrameType}
     */
    public long framesSent(int frameType) {
        return machine.sent(frameType);
    }

    /**
     * Delay of the path to another node.
     *
     * @param other where to
     */
    public long latencyNanosTo(SimulatedNode other) {
        return network.wires().latencyNanos(machine, other.machine);
    }

    // ---- for the network

    Machine machine() {
        return machine;
    }

    SimulatedNodeOptions options() {
        return options;
    }

    ProtocolSettings settings() {
        return options.settings();
    }

    SimulatedNetwork network() {
        return network;
    }

    boolean isLiving(NodeLife which) {
        return life == which;
    }

    /** When its application began to listen, null if it does not. */
    @Nullable
    Duration subscribedAt(String topic) {
        return life == null ? null : life.subscribedAt(topic);
    }

    LifeInvariants.Account account(Accounts.Series series) {
        return living().account(series);
    }

    void countMembershipFrame(String topic) {
        membershipFrames.merge(topic, 1L, Long::sum);
    }

    void afterInput() {
        network.afterInput(this);
    }

    void onDelivered(Source source, long seq, int hop, ArrayPayload payload) {
        Accounts.Series series = Accounts.Series.of(source);
        network.onDelivered(series, seq, hop);
        if (source.channel() != Source.PRESENCE) {
            String topic = source.topic().name();
            Delivery delivery = new Delivery(topic, source.origin(), source.epoch(), seq, hop, network.now(), payload);
            LifeInvariants.Account account = account(series);
            SimulatedConsumer consumer = consumer(topic);
            if (consumer == null) {
                account.taken++;
                deliveries.add(delivery);
            } else {
                consumer.onDelivered(account, delivery, settings().tree().flow().messageBytes() + payload.size());
            }
        }
    }

    @Nullable
    SimulatedConsumer consumer(String topic) {
        return consumers.get(topic);
    }

    /** The protocol is in the middle of something else, so whoever waits goes on a moment later. */
    void onPublishable(String topic) {
        NodeLife current = living();
        network.after(Duration.ZERO, () -> {
            Runnable publisher = life == current ? waiting.remove(topic) : null;
            if (publisher != null) {
                publisher.run();
            }
        });
    }

    void onGap(Source source, long from, long to) {
        gaps.add(new ReportedGap(source.topic().name(), source.origin(), source.epoch(), from, to, network.now()));
    }

    void onDatagramReceived(NodeId from, ArrayPayload payload) {
        datagrams.add(from.shortForm() + ": " + new String(payload.toByteArray(), StandardCharsets.UTF_8));
    }

    void onEvent(NodeEvent event) {
        events.add(event);
    }

    private NodeLife living() {
        NodeLife current = life;
        if (current == null) {
            throw new IllegalStateException(name + " is not up");
        }
        return current;
    }
}
