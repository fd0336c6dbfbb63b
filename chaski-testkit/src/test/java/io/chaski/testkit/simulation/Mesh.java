package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.chaski.core.internal.protocol.OverlayInspection;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.edge.EdgeSettings;
import io.chaski.core.internal.protocol.tree.Broadcast;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Nodes that all subscribe to one topic, and what happens to the messages published on it. */
final class Mesh {

    static final String TOPIC = "mesh/readings";

    /** Silence for so long, and a node is given up. */
    static final Duration LEASE =
            Duration.ofNanos(ProtocolSettings.DEFAULTS.edge().leaseNanos());

    /** Shape and tree of fewer nodes say nothing about the protocol. */
    private static final int SMALLEST_FOR_SHAPE = 100;

    /** As in the prototype that the gates come from. */
    static final int BOOTSTRAPS = 3;

    /** Six shuffles: long enough for the views to be mixed. */
    static final Duration SETTLING = ofSeconds(60);

    /** Long enough for a message to get everywhere and for the tree to be repaired behind it. */
    static final Duration BETWEEN_BROADCASTS = ofSeconds(2);

    /** Reliability counts deliveries within so long: as long as payloads are kept. */
    static final Duration LONGEST_WAIT = ofSeconds(30);

    /** In which two hundred to a thousand nodes join. */
    private static final Duration GROWTH = ofSeconds(20);

    private static final Duration LONGEST_PAUSE = ofMillis(100);

    /**
     * However many they are, no more than fifty join in a second: whoever joins beside many others finds these, and the mesh is as
     * clustered as after a storm, which is another row.
     */
    private static final Duration SHORTEST_PAUSE = ofMillis(20);

    final SimulatedNetwork network;
    final List<SimulatedNode> members = new ArrayList<>();
    final RandomGenerator random;

    private final ProtocolSettings settings;

    Mesh(long seed) {
        this(seed, ProtocolSettings.DEFAULTS);
    }

    /** Of nodes with other settings than the defaults. */
    Mesh(long seed, ProtocolSettings settings) {
        this.settings = settings;
        network = SimulatedNetwork.seeded(seed);
        random = network.splitRandom();
    }

    /** A mesh whose nodes joined one after another through three of them, and have settled since. */
    static Mesh settled(int nodes, long seed) {
        return settled(nodes, seed, ProtocolSettings.DEFAULTS);
    }

    /** The same, of nodes with other settings than the defaults. */
    static Mesh settled(int nodes, long seed, ProtocolSettings settings) {
        Mesh mesh = new Mesh(seed, settings);
        Duration pause = pauseOf(nodes);
        for (int i = 0; i < nodes; i++) {
            List<SimulatedNode> contacts = mesh.members.subList(0, Math.min(i, BOOTSTRAPS));
            mesh.join(SimulatedNodeOptions.builder()
                    .bootstrap(contacts)
                    .settings(i < BOOTSTRAPS ? withRoomFor(settings, nodes) : settings)
                    .build());
            mesh.network.advance(pause);
        }
        mesh.network.advance(SETTLING);
        return mesh;
    }

    /** Those of a contact: each node that joins through it keeps its edge for a minute, and the default has room for a thousand. */
    static ProtocolSettings withRoomFor(ProtocolSettings settings, int nodes) {
        if (nodes <= EdgeSettings.DEFAULT_MAX_EDGES) {
            return settings;
        }
        return new ProtocolSettings(
                settings.manualTopology(),
                EdgeSettings.builder().maxEdges(nodes).build(),
                settings.membership(),
                settings.tree(),
                settings.discovery(),
                settings.stream(),
                settings.memory());
    }

    private static Duration pauseOf(int nodes) {
        long millis = Math.min(LONGEST_PAUSE.toMillis(), GROWTH.toMillis() / nodes);
        return ofMillis(Math.max(SHORTEST_PAUSE.toMillis(), millis));
    }

    static boolean isLarge(int nodes) {
        return nodes >= SMALLEST_FOR_SHAPE;
    }

    SimulatedNode join(List<SimulatedNode> bootstrap, boolean root) {
        SimulatedNodeOptions.Builder options =
                SimulatedNodeOptions.builder().bootstrap(bootstrap).settings(settings);
        if (root) {
            options.root();
        }
        return join(options.build());
    }

    SimulatedNode join(SimulatedNodeOptions options) {
        SimulatedNode node = network.node("node-" + members.size(), options);
        node.subscribe(TOPIC);
        members.add(node);
        return node;
    }

    List<SimulatedNode> up() {
        return members.stream().filter(SimulatedNode::isUp).toList();
    }

    SimulatedNode anyUp() {
        List<SimulatedNode> up = up();
        return up.get(random.nextInt(up.size()));
    }

    /** All members that were ever made, in an order of chance. */
    List<SimulatedNode> shuffled() {
        List<SimulatedNode> nodes = new ArrayList<>(members);
        Collections.shuffle(nodes, new Random(random.nextLong()));
        return nodes;
    }

    /** The tree of the topic at one of the members. */
    static Broadcast tree(SimulatedNode member) {
        for (OverlayInspection overlay : member.protocol().overlays()) {
            if (overlay.topic().equals(TOPIC) && overlay.broadcast() != null) {
                return overlay.broadcast();
            }
        }
        throw new IllegalStateException(member + " has no tree");
    }

    OverlayGraph graph() {
        return OverlayGraph.of(members, TOPIC);
    }

    boolean isOneComponent() {
        return graph().components() == 1;
    }

    /** Seconds until there is one component, or infinity if there is none within the limit. */
    double secondsToOneComponent(Duration limit) {
        Duration begin = network.now();
        boolean joined = network.runUntil(this::isOneComponent, ofMillis(50), limit);
        return joined ? seconds(network.now().minus(begin)) : Double.POSITIVE_INFINITY;
    }

    /** One message and what became of it until the next would be sent. */
    Reception broadcast(SimulatedNode sender) {
        members.forEach(SimulatedNode::clearRecords);
        long framesBefore = network.dataFrames();
        Duration sentAt = network.now();
        PublishOutcome outcome = sender.publish(TOPIC, "reading");
        network.advance(BETWEEN_BROADCASTS);
        while (reached(sender, outcome.seq()) < up().size() - 1
                && network.now().minus(sentAt).compareTo(LONGEST_WAIT) < 0) {
            network.advance(ofMillis(500));
        }
        int reached = 0;
        int lastHop = 0;
        Duration last = sentAt;
        List<SimulatedNode> up = up();
        for (SimulatedNode node : up) {
            for (Delivery delivery : node.deliveries()) {
                if (delivery.origin().equals(sender.id()) && delivery.seq() == outcome.seq()) {
                    reached++;
                    lastHop = Math.max(lastHop, delivery.hop());
                    last = delivery.at().compareTo(last) > 0 ? delivery.at() : last;
                }
            }
        }
        long frames = network.dataFrames() - framesBefore;
        return new Reception(
                up.size() - 1 - reached, frames / (double) reached - 1, lastHop, seconds(last.minus(sentAt)));
    }

    /**
     * The last of a row's gates: published = delivered + reported missing + dropped by the subscriber's own queue, for each subscriber
     * and publisher. What is under way has {@link #LONGEST_WAIT} to come.
     */
    Gate accounts() {
        network.runUntil(() -> network.openAccounts().isEmpty(), ofSeconds(1), LONGEST_WAIT);
        return Gate.atMost("open accounts", network.openAccounts().size(), 0);
    }

    private long reached(SimulatedNode sender, long seq) {
        return up().stream().filter(node -> hasDelivered(node, sender, seq)).count();
    }

    static boolean hasDelivered(SimulatedNode node, SimulatedNode sender, long seq) {
        return node.deliveries().stream()
                .anyMatch(delivery -> delivery.origin().equals(sender.id()) && delivery.seq() == seq);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /**
     * What became of a message that was sent into a mesh that stays as it is.
     *
     * @param missed members that had not got it after {@link #LONGEST_WAIT}
     * @param redundancy payload frames received for each node reached, minus one (RMR)
     * @param lastHop largest hop of a delivery (LDH)
     * @param lastSeconds time to the last delivery
     */
    record Reception(int missed, double redundancy, int lastHop, double lastSeconds) {}
}
