package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.chaski.core.NodeEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The network or some machines are not as they should be, and the mesh goes on meanwhile. */
final class FaultRows {

    private static final int LOSSY_BROADCASTS = 50;
    private static final double AFFECTED = 0.05;
    private static final Duration DISTURBANCE = ofSeconds(60);

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
        for (SimulatedNode from : mesh.members) {
            for (SimulatedNode to : mesh.members) {
                if (from != to && mesh.random.nextDouble() < AFFECTED / 2) {
                    mesh.network.link(from, to).block();
                }
            }
        }
        return disturbed(mesh, mesh.members);
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
        affected.forEach(disturb);
        List<SimulatedNode> others = new ArrayList<>(mesh.members);
        others.removeAll(affected);
        return disturbed(mesh, others);
    }

    /** A message a second from somebody unaffected, for a minute. */
    private static List<Gate> disturbed(Mesh mesh, List<SimulatedNode> unaffected) {
        mesh.members.forEach(SimulatedNode::clearRecords);
        Published published = new Published();
        for (int i = 0; i < DISTURBANCE.toSeconds(); i++) {
            published.publish(mesh, unaffected.get(mesh.random.nextInt(unaffected.size())));
            mesh.network.advance(ofSeconds(1));
        }
        double worst = 0;
        double all = 0;
        for (SimulatedNode node : mesh.members) {
            double changes =
                    node.events().stream().filter(FaultRows::isLinkChange).count();
            worst = Math.max(worst, changes / DISTURBANCE.toSeconds());
            all += changes / DISTURBANCE.toSeconds() / mesh.members.size();
        }
        mesh.network.advance(Mesh.LONGEST_WAIT);
        return List.of(
                Gate.atMost(
                        "missed by the unaffected",
                        published.missedWithin(unaffected, (receiver, message) -> true, Mesh.LONGEST_WAIT),
                        0),
                Gate.atMost("link changes a second, worst node", worst, 1),
                Gate.reported("link changes a second, mean", all),
                Gate.reported("last s", published.lastSeconds(unaffected)),
                Gate.atMost("components", mesh.graph().components(), 1),
                mesh.accounts());
    }

    private static boolean isLinkChange(NodeEvent event) {
        return event instanceof NodeEvent.NeighboursChanged change
                && change.topic().equals(Mesh.TOPIC);
    }
}
