package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.testkit.internal.virtual.Event;
import io.chaski.testkit.internal.virtual.Machine;
import io.chaski.testkit.internal.virtual.VirtualNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that run the production protocol in virtual time, on a network whose delays and faults follow from one seed.
 * The same seed and the same calls give the same run, on any machine; {@link #traceHash()} proves it. While it runs it
 * checks what must never happen; see {@link InvariantViolation}.
 *
 * <!-- snippet: chaski-testkit/src/test/java/io/chaski/testkit/guide/SimulationGuideTest.java#simulation -->
 * <pre>{@code
 * SimulatedNetwork network = SimulatedNetwork.seeded(42);
 * SimulatedNode alice = network.node("alice");
 * SimulatedNode bob = network.node(
 *         "bob", SimulatedNodeOptions.builder().bootstrap(alice).build());
 * alice.subscribe("news");
 * bob.subscribe("news");
 * network.advance(Duration.ofSeconds(2));
 * network.link(alice, bob).drop(0.1); // one direction
 * alice.publish("news", "hello");
 * network.advance(Duration.ofSeconds(10));
 * assertThat(bob.deliveries()).extracting(Delivery::text).containsExactly("hello");
 * }</pre>
 *
 * Confined to one thread.
 */
public final class SimulatedNetwork {

    /** Delays one way are between these unless a test says more: a continent, not a desk. */
    public static final Duration DEFAULT_LATENCY_MIN = Duration.ofMillis(10);

    /** See {@link #DEFAULT_LATENCY_MIN}. */
    public static final Duration DEFAULT_LATENCY_MAX = Duration.ofMillis(100);

    /**
     * While so many nodes are up or fewer, the overlay's invariants are checked after every input, beyond it every second: a
     * hundred, and those that come to them, such as twenty that join a root when it is back.
     */
    public static final int CHECKED_AT_EACH_INPUT = 128;

    /** Any wall clock does; this one begins on 2023-11-14. */
    private static final long WALL_CLOCK_MILLIS = 1_700_000_000_000L;

    private static final String ALGORITHM = "L64X128MixRandom";
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final long CHECK_INTERVAL_NANOS = 1_000_000_000L;

    /** Who looks at the networks that this thread makes, see {@link #watched}. */
    private static final ThreadLocal<@Nullable Consumer<SimulatedNetwork>> WATCHER = new ThreadLocal<>();

    private final long seed;
    private final SplittableGenerator random;
    private final VirtualNetwork wires;
    private final OverlayInvariants invariants = new OverlayInvariants(this);
    private final Accounts accounts = new Accounts(this);
    private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
    private final Map<NodeId, SimulatedNode> byId = new LinkedHashMap<>();
    private final List<SimulatedNode> byMachine = new ArrayList<>();
    private final ControlLoad load;
    private final MessageLoad messages = new MessageLoad();
    private List<SimulatedNode> cutOff = List.of();
    private Consumer<List<SimulatedNode>> onHealed = unused -> {};
    private int up;

    private SimulatedNetwork(long seed, Duration latencyMin, Duration latencyMax) {
        this.seed = seed;
        this.random = RandomGeneratorFactory.<SplittableGenerator>of(ALGORITHM).create(seed);
        this.wires = new VirtualNetwork(seed, random.split(), latencyMin.toNanos(), latencyMax.toNanos());
        this.load = new ControlLoad(wires);
        wires.queue().at(CHECK_INTERVAL_NANOS, this::checkAll);
    }

    /**
     * A network with the default delays.
     *
     * @param seed decides everything that chance decides
     */
    public static SimulatedNetwork seeded(long seed) {
        return seeded(seed, DEFAULT_LATENCY_MIN, DEFAULT_LATENCY_MAX);
    }

    /**
     * A network with other delays. Each pair of nodes gets one within the range.
     *
     * @param seed decides everything that chance decides
     * @param latencyMin smallest delay one way
     * @param latencyMax largest delay one way
     */
    public static SimulatedNetwork seeded(long seed, Duration latencyMin, Duration latencyMax) {
        SimulatedNetwork network = new SimulatedNetwork(seed, latencyMin, latencyMax);
        Consumer<SimulatedNetwork> watcher = WATCHER.get();
        if (watcher != null) {
            watcher.accept(network);
        }
        return network;
    }

    /**
     * Runs something that makes networks deep inside, such as a row of the table of simulations. Whoever watches from further outside
     * hears of them too, and first.
     *
     * @param onMade hears of each network as it is made
     * @param run what makes them, on this thread
     */
    static <T> T watched(Consumer<SimulatedNetwork> onMade, Supplier<T> run) {
        Consumer<SimulatedNetwork> outer = WATCHER.get();
        WATCHER.set(outer == null ? onMade : outer.andThen(onMade));
        try {
            return run.get();
        } finally {
            WATCHER.set(outer);
        }
    }

    // ---- nodes

    /**
     * A new node, started, that knows nobody.
     *
     * @param name unique within the network
     */
    public SimulatedNode node(String name) {
        return node(name, SimulatedNodeOptions.builder().build());
    }

    /**
     * A new node, started.
     *
     * @param name unique within the network
     * @param options how it is set up
     */
    public SimulatedNode node(String name, SimulatedNodeOptions options) {
        SimulatedNode node = new SimulatedNode(this, name, options, wires.machine(), random.split());
        if (nodes.putIfAbsent(name, node) != null) {
            throw new IllegalArgumentException("there is a node '" + name + "' already");
        }
        byId.put(node.id(), node);
        byMachine.add(node);
        node.start();
        return node;
    }

    /** All nodes, in the order they were made. */
    public List<SimulatedNode> nodes() {
        return Collections.unmodifiableList(byMachine);
    }

    /**
     * The node with this id.
     *
     * @param id of a node of this network
     */
    public SimulatedNode node(NodeId id) {
        SimulatedNode node = byId.get(id);
        if (node == null) {
            throw new IllegalArgumentException("no node of this network: " + id);
        }
        return node;
    }

    // ---- time

    /** Virtual time since the beginning. */
    public Duration now() {
        return Duration.ofNanos(wires.nowNanos());
    }

    /** Number of events that have happened. */
    public long eventCount() {
        return wires.queue().happened();
    }

    /**
     * Lets time pass.
     *
     * @param duration how much
     */
    public void advance(Duration duration) {
        long end = wires.nowNanos() + duration.toNanos();
        while (step(end)) {
            // One event at a time.
        }
    }

    /**
     * Lets time pass until something is the case, looking after each event.
     *
     * @param condition what is waited for
     * @param limit how long at most
     * @return whether it is the case now
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        long end = wires.nowNanos() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!step(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /**
     * Lets time pass until something is the case, looking now and then only, because looking is expensive.
     *
     * @param condition what is waited for
     * @param interval time between two looks
     * @param limit how long at most
     * @return whether it is the case now
     */
    public boolean runUntil(BooleanSupplier condition, Duration interval, Duration limit) {
        long end = wires.nowNanos() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (wires.nowNanos() >= end) {
                return false;
            }
            advance(interval);
        }
        return true;
    }

    private boolean step(long limitNanos) {
        try {
            return wires.queue().step(limitNanos);
        } catch (RuntimeException | AssertionError failure) {
            throw new SimulationFailure("seed " + seed + ", at " + now() + ": " + failure, failure);
        }
    }

    // ---- connections and faults

    /**
     * Connects two nodes and waits until both have the edge.
     *
     * @param dialler who dials
     * @param target who is dialled
     */
    public void connect(SimulatedNode dialler, SimulatedNode target) {
        dialler.connect(target);
        boolean up = runUntil(() -> hasEdge(dialler, target) && hasEdge(target, dialler), CONNECT_LIMIT);
        if (!up) {
            throw new AssertionError(
                    "seed " + seed + ": no edge between " + dialler + " and " + target + " within " + CONNECT_LIMIT);
        }
    }

    /**
     * Whether a node has an edge to another.
     *
     * @param node who has it
     * @param other to whom
     */
    public boolean hasEdge(SimulatedNode node, SimulatedNode other) {
        Peer peer = node.isUp() ? node.protocol().peers().get(other.id()) : null;
        return peer != null && peer.isUp();
    }

    /**
     * The path from one node to another, for setting faults.
     *
     * @param from sender
     * @param to receiver
     */
    public SimulatedLink link(SimulatedNode from, SimulatedNode to) {
        return new SimulatedLink(wires, from.machine(), to.machine());
    }

    /**
     * Loses frames and datagrams on all paths that have no faults of their own.
     *
     * @param probability chance of each to be lost, 0 to lose none
     */
    public void loss(double probability) {
        wires.trace("loss " + probability);
        if (probability == 0) {
            wires.clearFaultsEverywhere();
        } else {
            wires.faultsEverywhere().drop(probability);
        }
    }

    /**
     * Limits what a connection carries, on all paths that have no faults of their own.
     *
     * @param bytesPerSecond 1 or more
     */
    public void bandwidth(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond: " + bytesPerSecond);
        }
        wires.trace("bandwidth " + bytesPerSecond);
        wires.faultsEverywhere().bandwidth(bytesPerSecond);
    }

    /**
     * Cuts two nodes off from each other.
     *
     * @param left one
     * @param right the other
     */
    public void partition(SimulatedNode left, SimulatedNode right) {
        partition(List.of(left), List.of(right));
    }

    /**
     * Cuts two groups off from each other, in addition to other cuts. Connections stay up as far as anybody can tell,
     * but what they carry waits. Nodes in neither group talk with both.
     *
     * @param left one group
     * @param right the other
     */
    public void partition(Collection<SimulatedNode> left, Collection<SimulatedNode> right) {
        wires.trace("partition " + left + " " + right);
        wires.cut(machines(left), machines(right));
        cutOff = List.copyOf(left);
    }

    /** Ends all partitions. Faults of single links stay. */
    public void heal() {
        wires.trace("heal");
        wires.heal();
        if (!cutOff.isEmpty()) {
            onHealed.accept(cutOff);
            cutOff = List.of();
        }
    }

    /**
     * Tears down the connections between two nodes; both hear of it.
     *
     * @param a one node
     * @param b the other
     */
    public void reset(SimulatedNode a, SimulatedNode b) {
        wires.trace("reset " + a + " " + b);
        wires.reset(a.machine(), b.machine());
    }

    /**
     * The connections between two nodes carry nothing any more, and nobody is told; new ones work.
     *
     * @param a one node
     * @param b the other
     */
    public void killSilently(SimulatedNode a, SimulatedNode b) {
        wires.trace("kill silently " + a + " " + b);
        wires.kill(a.machine(), b.machine());
    }

    /**
     * One node loses its connections with another and knows; the other finds out when it sends.
     *
     * @param forgetful who loses them
     * @param other who finds out later
     */
    public void halfOpen(SimulatedNode forgetful, SimulatedNode other) {
        wires.trace("half-open " + forgetful + " " + other);
        wires.halfOpen(forgetful.machine(), other.machine());
    }

    // ---- the run

    /** What decided about chance. */
    public long seed() {
        return seed;
    }

    /** Fingerprint of the run: all inputs of all nodes, and all that was done to them and to the network, with their times. */
    public long traceHash() {
        return wires.traceHash();
    }

    /** Chance for tests, independent of that of the network and the nodes. */
    public SplittableGenerator splitRandom() {
        return random.split();
    }

    /** Number of messages that have arrived at nodes from others, duplicates included. */
    public long dataFrames() {
        return messages.frames();
    }

    /**
     * Closes the accounts of a run that has come to rest: for each subscriber and each publisher, as they live now, what
     * was published since the subscriber came, and no more than that, is delivered, reported missing, or dropped by the
     * subscriber's own queue.
     *
     * @return those that are open; empty if all are closed
     */
    public List<SubscriberAccount> openAccounts() {
        return accounts.open();
    }

    // ---- for the nodes

    Accounts accounts() {
        return accounts;
    }

    VirtualNetwork wires() {
        return wires;
    }

    long wallClockMillis() {
        return WALL_CLOCK_MILLIS + now().toMillis();
    }

    void after(Duration delay, Event event) {
        wires.queue().at(wires.nowNanos() + delay.toNanos(), event);
    }

    void countData() {
        messages.onFrame();
    }

    void onDelivered(Accounts.Series series, long seq, int hop) {
        messages.onDelivered(hop, accounts.sinceSent(series, seq));
    }

    void onPublished(PublishOutcome outcome) {
        if (outcome.status() == PublishOutcome.Status.ACCEPTED || outcome.status() == PublishOutcome.Status.KEPT) {
            load.onPublished();
        }
    }

    void afterInput(SimulatedNode node) {
        if (up <= CHECKED_AT_EACH_INPUT) {
            invariants.checkAfterInput(node);
        }
    }

    void onUp() {
        up++;
    }

    void onDown(SimulatedNode node) {
        up--;
        invariants.onDown(node);
    }

    // ---- for who measures

    /** Hears of the end of each partition, with one of its groups. */
    void onHealed(Consumer<List<SimulatedNode>> listener) {
        onHealed = listener;
    }

    ControlLoad load() {
        return load;
    }

    MessageLoad messages() {
        return messages;
    }

    OverlayInvariants invariants() {
        return invariants;
    }

    private void checkAll() {
        load.onSecond(up);
        for (SimulatedNode node : byMachine) {
            invariants.check(node);
        }
        after(Duration.ofNanos(CHECK_INTERVAL_NANOS), this::checkAll);
    }

    private static List<Machine> machines(Collection<SimulatedNode> group) {
        return group.stream().map(SimulatedNode::machine).toList();
    }
}
