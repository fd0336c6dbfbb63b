package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What was one becomes two, and one again. Messages are published meanwhile. */
final class PartitionRows {

    private static final int JOINERS_AFTER_RESTART = 20;

    /** Between two messages of one publisher during a cut. */
    private static final Duration PAUSE = ofSeconds(4);

    /** At the beginning of a cut, and at its end. */
    private static final Duration TALK = ofSeconds(20);

    /** Neighbours keep a message for 30 s; a small mesh may need half of that to become one again. */
    private static final Duration CROSSES = ofSeconds(10);

    private PartitionRows() {}

    static List<Gate> halves(int nodes, long seed, Duration length) {
        Mesh mesh = Mesh.settled(nodes, seed);
        List<SimulatedNode> shuffled = mesh.shuffled();
        List<SimulatedNode> left = shuffled.subList(0, nodes / 2);
        List<SimulatedNode> right = shuffled.subList(nodes / 2, nodes);
        Cut cut = new Cut(mesh, left, right);
        cut.begin();
        mesh.network.advance(length.minus(TALK).minus(TALK));
        cut.end();
        int parts = mesh.graph().components();
        mesh.network.heal();
        double joined = mesh.secondsToOneComponent(ofSeconds(60));
        double waited = Math.min(joined, 60);
        mesh.network.advance(Duration.ofNanos((long) (Math.max(0, 30 - waited) * 1e9)));
        double share = mesh.graph().crossShare(left);
        List<Gate> gates = new ArrayList<>();
        gates.add(Gate.atLeast("parts while cut", parts, 2));
        gates.add(Gate.atMost("one component s", joined, Mesh.isLarge(nodes) ? 2 : 15));
        gates.add(Gate.atLeast("cross share at +30 s", share, 0.3));
        gates.addAll(cut.gates());
        gates.add(Gate.atMost("missed", mesh.broadcast(mesh.anyUp()).missed(), 0));
        gates.add(mesh.accounts());
        return gates;
    }

    /**
     * What is published while there are two parts. On each side one publisher is known on the other side, and one begins when its first
     * message is still kept when the cut ends. What somebody said whom the other side has never heard, longer ago than anything is kept,
     * lies before the other side's first contact with him.
     */
    private static final class Cut {
        private final Mesh mesh;
        private final List<SimulatedNode> left;
        private final List<SimulatedNode> right;
        private final Published published = new Published();
        private Duration over = Duration.ZERO;

        Cut(Mesh mesh, List<SimulatedNode> left, List<SimulatedNode> right) {
            this.mesh = mesh;
            this.left = left;
            this.right = right;
        }

        void begin() {
            mesh.members.forEach(SimulatedNode::clearRecords);
            both(0);
            mesh.network.advance(Mesh.BETWEEN_BROADCASTS);
            mesh.network.partition(left, right);
            talk(TALK, 0);
        }

        void end() {
            talk(TALK.minus(CROSSES), 0);
            talk(CROSSES, 0, 1);
            over = mesh.network.now();
        }

        private void talk(Duration duration, int... publishers) {
            Duration end = mesh.network.now().plus(duration);
            while (mesh.network.now().compareTo(end) < 0) {
                for (int publisher : publishers) {
                    both(publisher);
                }
                Duration rest = end.minus(mesh.network.now());
                mesh.network.advance(rest.compareTo(PAUSE) < 0 ? rest : PAUSE);
            }
        }

        private void both(int publisher) {
            published.publish(mesh, left.get(publisher));
            published.publish(mesh, right.get(publisher));
        }

        List<Gate> gates() {
            Duration now = mesh.network.now();
            double missed = published.missedWithin(
                    mesh.members,
                    (receiver, message) -> left.contains(receiver) == left.contains(message.sender())
                            || message.at().compareTo(over.minus(CROSSES)) >= 0,
                    now);
            double reported = mesh.members.stream()
                    .flatMap(node -> node.gaps().stream())
                    .mapToLong(gap -> gap.to() - gap.from() + 1)
                    .sum();
            return List.of(
                    Gate.atMost("missed of what was said on one's own side, or in the last 10 s of the cut", missed, 0),
                    Gate.reported("reported missing of the rest, at each node", reported / mesh.members.size()));
        }
    }

    /** Everybody publishes while the root is away, and the root before and after. */
    static List<Gate> rootRestart(int nodes, long seed) {
        Mesh mesh = new Mesh(seed);
        SimulatedNode root = mesh.join(List.of(), true);
        for (int i = 1; i < nodes; i++) {
            mesh.network.advance(ofMillis(20));
            mesh.join(List.of(root), false);
        }
        mesh.network.advance(Mesh.SETTLING);
        mesh.members.forEach(SimulatedNode::clearRecords);
        List<SimulatedNode> others = List.copyOf(mesh.members.subList(1, nodes));
        Published published = new Published();
        published.publish(mesh, root);
        mesh.network.advance(Mesh.BETWEEN_BROADCASTS);
        root.crash();
        for (int i = 0; i < 10; i++) {
            published.publish(mesh, others.get(mesh.random.nextInt(others.size())));
            mesh.network.advance(ofSeconds(12));
        }
        root.restart();
        root.subscribe(Mesh.TOPIC);
        for (int i = 0; i < JOINERS_AFTER_RESTART; i++) {
            mesh.join(List.of(root), false);
        }
        double joined = mesh.secondsToOneComponent(ofSeconds(60));
        mesh.network.advance(ofSeconds(5));
        published.publish(mesh, root);
        mesh.network.advance(ofSeconds(10));
        double missed = published.missedWithin(others, (receiver, message) -> true, Mesh.LONGEST_WAIT);
        return List.of(
                Gate.atMost("one component s", joined, 20),
                Gate.atMost("missed by those that stayed", missed, 0),
                Gate.atMost("missed", mesh.broadcast(mesh.anyUp()).missed(), 0),
                mesh.accounts());
    }
}
