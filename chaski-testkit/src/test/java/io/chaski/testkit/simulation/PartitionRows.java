package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.List;

/** What was one becomes two, and one again. */
final class PartitionRows {

    private static final int JOINERS_AFTER_RESTART = 20;

    private PartitionRows() {}

    static List<Gate> halves(int nodes, long seed, Duration length) {
        Mesh mesh = Mesh.settled(nodes, seed);
        List<SimulatedNode> shuffled = mesh.shuffled();
        List<SimulatedNode> left = shuffled.subList(0, nodes / 2);
        List<SimulatedNode> right = shuffled.subList(nodes / 2, nodes);
        mesh.network.partition(left, right);
        mesh.network.advance(length);
        int parts = mesh.graph().components();
        mesh.network.heal();
        double joined = mesh.secondsToOneComponent(ofSeconds(60));
        double waited = Math.min(joined, 60);
        mesh.network.advance(Duration.ofNanos((long) (Math.max(0, 30 - waited) * 1e9)));
        return List.of(
                Gate.atLeast("parts while cut", parts, 2),
                Gate.atMost("one component s", joined, Mesh.isLarge(nodes) ? 2 : 15),
                Gate.atLeast("cross share at +30 s", mesh.graph().crossShare(left), 0.3),
                Gate.atMost("missed", mesh.broadcast(mesh.anyUp()).missed(), 0),
                mesh.accounts());
    }

    static List<Gate> rootRestart(int nodes, long seed) {
        Mesh mesh = new Mesh(seed);
        SimulatedNode root = mesh.join(List.of(), true);
        for (int i = 1; i < nodes; i++) {
            mesh.network.advance(ofMillis(20));
            mesh.join(List.of(root), false);
        }
        mesh.network.advance(Mesh.SETTLING);
        root.crash();
        mesh.network.advance(Duration.ofMinutes(2));
        root.restart();
        root.subscribe(Mesh.TOPIC);
        for (int i = 0; i < JOINERS_AFTER_RESTART; i++) {
            mesh.join(List.of(root), false);
        }
        double joined = mesh.secondsToOneComponent(ofSeconds(60));
        mesh.network.advance(ofSeconds(5));
        return List.of(
                Gate.atMost("one component s", joined, 20),
                Gate.atMost("missed", mesh.broadcast(mesh.anyUp()).missed(), 0),
                mesh.accounts());
    }
}
