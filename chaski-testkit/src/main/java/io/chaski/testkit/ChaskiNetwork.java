package io.chaski.testkit;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topic;
import io.chaski.testkit.internal.host.LoopbackWorld;
import io.chaski.testkit.internal.host.Site;
import io.chaski.testkit.internal.host.VirtualWorld;
import io.chaski.testkit.internal.host.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of one test, their time and the network between them. The nodes are the ones applications use; only what they
 * take from the world is the test's. They form a cluster of their own, so that tests run side by side.
 *
 * <!-- snippet: chaski-testkit/src/test/java/io/chaski/testkit/guide/JavadocExamplesTest.java#network -->
 * <pre>{@code
 * try (ChaskiNetwork net =
 *         ChaskiNetwork.builder().nodes("a", "b", "c").seed(42).start()) {
 *     Inbox<String> inbox = net.inbox("c", news);
 *     net.advance(Duration.ofSeconds(2));
 *     net.partition("a,b | c");
 *     net.node("a").publish(news, "hello");
 *     net.advance(Duration.ofSeconds(10));
 *     net.heal();
 *     net.await("the news", () -> inbox.contains("hello"), Duration.ofSeconds(30));
 * }
 * }</pre>
 *
 * <p>With {@link TimeMode#VIRTUAL} everything belongs to one thread: loops and callbacks run while the test waits in
 * {@link #advance}, {@link #await} and their like, or in a call of a node that waits, such as
 * {@link io.chaski.core.Subscription#awaitPaired}. With {@link TimeMode#LOOPBACK} it is thread-safe.
 */
public final class ChaskiNetwork implements AutoCloseable {

    static final String SEED_ENTRY = "chaski.seed";
    static final String TOPOLOGY_ENTRY = "chaski.topology";
    static final String EVENTS_ENTRY = "chaski.events";

    /** The first edges stand after a few round trips; more would be a fault. */
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private final World world;
    private final EventLog log;
    private final Layout layout;
    private final TimeMode time;
    private final long seed;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private boolean isClosed;

    private ChaskiNetwork(Layout layout, TimeMode time, long seed) {
        this.layout = layout;
        this.time = time;
        this.seed = seed;
        this.world = time == TimeMode.VIRTUAL ? new VirtualWorld(seed) : new LoopbackWorld(seed);
        this.log = new EventLog(world::now);
    }

    /** Describes a network. */
    public static NetworkBuilder builder() {
        return new NetworkBuilder();
    }

    static ChaskiNetwork start(
            Map<String, Consumer<? super NodeBuilder>> nodes, Layout layout, TimeMode time, long seed) {
        ChaskiNetwork network = new ChaskiNetwork(layout, time, seed);
        String cluster = Member.freshCluster(time, seed);
        nodes.forEach((name, options) -> network.members.put(
                name, new Member(name, cluster, layout, options, network.world.site(name), network.log)));
        try {
            network.startAll();
            return network;
        } catch (RuntimeException | Error failure) {
            network.close();
            throw failure;
        }
    }

    private void startAll() {
        List<Member> all = List.copyOf(members.values());
        all.forEach(member -> member.start(all.get(0)));
        List<CompletableFuture<?>> edges = new ArrayList<>();
        for (Layout.Pair pair : layout.edges(all.size())) {
            edges.add(all.get(pair.dialler()).keepEdgeTo(all.get(pair.target())));
        }
        await(CompletableFuture.allOf(edges.toArray(CompletableFuture<?>[]::new)), START_LIMIT);
        boolean isAlone = all.size() == 1;
        await(
                "every node has an edge",
                () -> isAlone
                        || all.stream()
                                .noneMatch(member -> member.node().edges().isEmpty()),
                START_LIMIT);
    }

    // ---- nodes

    /**
     * A node, as it was started last.
     *
     * @param name its name
     * @throws IllegalArgumentException if there is no such node
     */
    public ChaskiNode node(String name) {
        return member(name).node();
    }

    /** All nodes in the order in which they were named. */
    public List<ChaskiNode> nodes() {
        return members.values().stream().map(Member::node).toList();
    }

    /** What decided about chance. */
    public long seed() {
        return seed;
    }

    /** Which time the nodes live in. */
    public TimeMode time() {
        return time;
    }

    // ---- time

    /** Time since the network was made. */
    public Duration now() {
        return world.now();
    }

    /**
     * Lets virtual time pass, and everything happen that is due.
     *
     * @param duration how much
     * @throws UnsupportedOperationException in real time, which passes by itself
     * @throws IllegalStateException on another thread than the test's, or on an event loop
     */
    public void advance(Duration duration) {
        world.advance(duration);
    }

    /**
     * Lets time pass until something is the case. In virtual time it looks after each event, in real time every 5 ms.
     *
     * @param condition what is waited for
     * @param limit how long at most
     * @return whether it is the case now
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        return world.runUntil(condition, limit);
    }

    /**
     * As {@link #runUntil}, for what must become the case.
     *
     * @param what says it in words, for the failure
     * @param condition what is waited for
     * @param limit how long at most
     * @throws AssertionError if it is not the case in time
     */
    public void await(String what, BooleanSupplier condition, Duration limit) {
        if (!runUntil(condition, limit)) {
            throw new AssertionError(what + ": not so within " + limit + " (seed " + seed + ")");
        }
    }

    /**
     * Lets time pass until a future completes.
     *
     * @param stage what a node has promised
     * @param limit how long at most
     * @return its value
     * @throws AssertionError if it does not complete in time
     * @throws CompletionException if it fails, with the cause
     */
    public <T extends @Nullable Object> T await(CompletionStage<T> stage, Duration limit) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        await("a future", future::isDone, limit);
        return future.join();
    }

    // ---- faults

    /**
     * The path from one node to another, for setting faults. In virtual time only: over real sockets each setting of the
     * link throws {@link UnsupportedOperationException}.
     *
     * @param from sender
     * @param to receiver
     * @throws IllegalArgumentException if there is no such node
     */
    public NetworkLink link(String from, String to) {
        return new NetworkLink(world, member(from).site(), member(to).site(), log, from + " -> " + to);
    }

    /**
     * Cuts groups of nodes off from one another, in addition to other cuts. In virtual time connections stay up as far
     * as anybody can tell, and what they carry waits until the nodes notice the silence; over real sockets they end.
     * Nodes in no group talk with all.
     *
     * @param groups such as {@code "a,b | c"}; two or more, each node in one of them at most
     * @throws IllegalArgumentException if there are fewer groups, or a name is unknown or named twice
     */
    public void partition(String groups) {
        List<List<Member>> parts = parse(groups);
        for (int i = 0; i < parts.size(); i++) {
            for (int j = i + 1; j < parts.size(); j++) {
                world.cut(sites(parts.get(i)), sites(parts.get(j)));
            }
        }
        log.add("network", "partition " + groups);
    }

    /** Ends all partitions. Faults of single links stay. */
    public void heal() {
        world.heal();
        log.add("network", "heal");
    }

    /**
     * Kills nodes without a goodbye, all at the same moment; their connections end. Their {@link ChaskiNode}s are closed.
     *
     * @param names their names
     * @throws IllegalArgumentException if there is no such node; then none is killed
     * @throws IllegalStateException if one is not running; then none is killed
     */
    public void crash(String... names) {
        List<Member> killed = Arrays.stream(names).map(this::member).toList();
        killed.forEach(Member::requireRunning);
        for (String name : names) {
            log.add(name, "crash");
        }
        killed.forEach(Member::kill);
        killed.forEach(Member::close);
    }

    /**
     * Starts a node that has crashed or closed, with the same id and address and without memory of its subscriptions.
     * With a fixed pattern the edges that it made are made again, which takes time.
     *
     * @param name its name
     * @return the node of its new life
     * @throws IllegalArgumentException if there is no such node
     * @throws IllegalStateException if it is running
     */
    public ChaskiNode restart(String name) {
        log.add(name, "restart");
        return member(name).restart(members.values().iterator().next());
    }

    /**
     * Lets a node stand still, as in a long garbage collection: its loop and its callbacks do nothing, what arrives
     * waits. In virtual time only.
     *
     * @param name its name
     * @throws IllegalArgumentException if there is no such node
     * @throws UnsupportedOperationException over real sockets
     */
    public void pause(String name) {
        member(name).site().pause();
        log.add(name, "pause");
    }

    /**
     * Lets a node go on with what has come meanwhile. Does nothing if it does not stand still.
     *
     * @param name its name
     */
    public void resume(String name) {
        log.add(name, "resume");
        member(name).site().resume();
    }

    // ---- looking

    /**
     * Subscribes a node to a topic and collects what it receives.
     *
     * @param name name of the node
     * @param topic what to collect
     * @throws IllegalArgumentException if there is no such node
     * @throws io.chaski.core.NodeClosedException if it is closed
     */
    public <T extends @Nullable Object> Inbox<T> inbox(String name, Topic<T> topic) {
        return inbox(node(name), topic);
    }

    /**
     * Subscribes a node to a topic and collects what it receives.
     *
     * @param node of this network
     * @param topic what to collect
     */
    public <T extends @Nullable Object> Inbox<T> inbox(ChaskiNode node, Topic<T> topic) {
        return new Inbox<>(node, topic, world::now);
    }

    /** The last 256 events and faults, oldest first, each with time and node. */
    public List<String> events() {
        return log.lines();
    }

    /**
     * Fingerprint of the run: everything that has reached a node, with its time. Two runs with the same seed and the same
     * calls have the same.
     *
     * @throws UnsupportedOperationException in real time
     */
    public long traceHash() {
        return world.traceHash();
    }

    /** What a failure is reported with: seed, topology, the last events. */
    Map<String, String> report() {
        Map<String, String> report = new LinkedHashMap<>();
        report.put(SEED_ENTRY, Long.toString(seed));
        report.put(TOPOLOGY_ENTRY, toString());
        report.put(EVENTS_ENTRY, log.text());
        return report;
    }

    // ---- the end

    /** Closes all nodes. Virtual time passes for it, real time only as far as the nodes need. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        world.takeOver();
        members.values().forEach(member -> member.site().resume());
        members.values().forEach(Member::close);
    }

    @Override
    public String toString() {
        return layout + " of " + String.join(", ", members.keySet()) + ", " + time + " time";
    }

    private Member member(String name) {
        Member member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException("there is no node '" + name + "', only " + members.keySet());
        }
        return member;
    }

    private List<List<Member>> parse(String groups) {
        Objects.requireNonNull(groups, "groups");
        List<List<Member>> parts = new ArrayList<>();
        List<Member> named = new ArrayList<>();
        for (String group : groups.split("\\|", -1)) {
            List<Member> part = Arrays.stream(group.split(",", -1))
                    .map(name -> member(name.strip()))
                    .toList();
            parts.add(part);
            named.addAll(part);
        }
        if (parts.size() < 2 || named.stream().distinct().count() < named.size()) {
            throw new IllegalArgumentException(
                    "a partition has two or more groups and each node in one of them: '" + groups + "'");
        }
        return parts;
    }

    private static List<Site> sites(List<Member> group) {
        return group.stream().map(Member::site).toList();
    }
}
