package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The network or some machines are not as they should be, and the mesh goes on meanwhile. */
final class FaultRows {

    private static final int LOSSY_BROADCASTS = 50;
    private static final double AFFECTED = 0.05;
    private static final Duration DISTURBANCE = ofSeconds(60);

    /** A flap storm is more than one change a second of one node. A mean over the whole minute would hide it. */
    private static final Duration STORM = ofSeconds(5);

    private static final double CHANGES_OF_STORM = STORM.toSeconds();

    private FaultRows() {}

    /** Each frame and each datagram of every path may be lost. */
    static List<Gate> loss(int nodes, long seed, double probability) {
        Mesh mesh = Mesh.settled(nodes, seed);
        mesh.network.loss(probability);
        mesh.network.advance(ofSeconds(10));
        mesh.members.forEach(SimulatedNode::clearRecords);
        long framesBefore = mesh.network.dataFrames();
        Published published = new Published();
        for (int i = 0; i < LOSSY_BROADCASTS; i++) {
            published.publish(mesh, mesh.anyUp());
            mesh.network.advance(ofMillis(200));
        }
        mesh.network.advance(Mesh.LONGEST_WAIT);
        double frames = mesh.network.dataFrames() - framesBefore;
        double due = LOSSY_BROADCASTS * (nodes - 1.0);
        double missed = published.missedWithin(mesh.members, (receiver, message) -> true, Mesh.LONGEST_WAIT);
        return List.of(
                Gate.atLeast("share reached", 1 - missed / due, probability > 0.1 ? 0.99999 : 1),
                Gate.reported("RMR", frames / (due - missed) - 1),
                Gate.reported("last s", published.lastSeconds(mesh.members)),
                Gate.atMost("components", mesh.graph().components(), 1),
                mesh.accounts());
    }

    /** Between some pairs of nodes nothing passes in one direction. Nobody is affected more than others, so all count. */
    static List<Gate> oneWay(int nodes, long seed) {
        Mesh mesh = Mesh.settled(nodes, seed);
        return disturbed(mesh, List.of(), () -> blockSome(mesh));
    }

    private static void blockSome(Mesh mesh) {
        for (SimulatedNode from : mesh.members) {
            for (SimulatedNode to : mesh.members) {
                if (from != to && mesh.random.nextDouble() < AFFECTED / 2) {
                    mesh.network.link(from, to).block();
                }
            }
        }
    }

    /** Some processes stand still for as long as a lease. */
    static List<Gate> pause(int nodes, long seed) {
        return withSome(nodes, seed, node -> node.pause(ofSeconds(10)));
    }

    /** The clocks of some jump an hour ahead. */
    static List<Gate> clockJump(int nodes, long seed) {
        return withSome(nodes, seed, node -> node.jumpClock(Duration.ofHours(1)));
    }

    private static List<Gate> withSome(int nodes, long seed, Consumer<SimulatedNode> disturb) {
        Mesh mesh = Mesh.settled(nodes, seed);
        List<SimulatedNode> affected = mesh.shuffled().subList(0, (int) Math.ceil(nodes * AFFECTED));
        return disturbed(mesh, affected, () -> affected.forEach(disturb));
    }

    /** A message a second from somebody unaffected, for a minute. What changes with the disturbance itself counts as well. */
    private static List<Gate> disturbed(Mesh mesh, List<SimulatedNode> affected, Runnable disturb) {
        List<SimulatedNode> unaffected = new ArrayList<>(mesh.members);
        unaffected.removeAll(affected);
        LinkChanges changes = new LinkChanges(mesh);
        disturb.run();
        Published published = new Published();
        for (int i = 0; i < DISTURBANCE.toSeconds(); i++) {
            published.publish(mesh, unaffected.get(mesh.random.nextInt(unaffected.size())));
            changes.advance(ofSeconds(1));
        }
        mesh.network.advance(Mesh.LONGEST_WAIT);
        List<Gate> gates = new ArrayList<>();
        gates.add(Gate.atMost(
                "missed by the unaffected",
                published.missedWithin(unaffected, (receiver, message) -> true, Mesh.LONGEST_WAIT),
                0));
        gates.add(Gate.atMost(
                "link changes in 5 s, worst of the unaffected", changes.most(unaffected, STORM), CHANGES_OF_STORM));
        if (!affected.isEmpty()) {
            gates.add(Gate.atMost(
                    "link changes in 5 s, worst of the affected", changes.most(affected, STORM), CHANGES_OF_STORM));
        }
        gates.add(Gate.reported(
                "link changes in \"@\" in 5 s, worst of the unaffected", changes.mostOfControl(unaffected, STORM)));
        if (!affected.isEmpty()) {
            gates.add(Gate.reported(
                    "link changes in \"@\" in 5 s, worst of the affected", changes.mostOfControl(affected, STORM)));
        }
        gates.add(Gate.reported("link changes a second, mean", changes.mean() / DISTURBANCE.toSeconds()));
        gates.add(Gate.reported("last s", published.lastSeconds(unaffected)));
        gates.add(Gate.atMost("components", mesh.graph().components(), 1));
        gates.add(mesh.accounts());
        return gates;
    }
}
