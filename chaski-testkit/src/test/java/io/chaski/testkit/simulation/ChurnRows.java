package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Nodes come and go all the time. */
final class ChurnRows {

    private static final Duration CHURN = Duration.ofMinutes(2);
    private static final double SHARE_A_SECOND = 0.01;

    /** Who came less than this ago is not expected to be connected yet. */
    private static final Duration JOINING = ofSeconds(3);

    private static final int RESTARTS = 100;

    /** Within so long a node that is back must be everywhere. */
    private static final Duration CONVERGENCE = ofSeconds(10);

    private ChurnRows() {}

    /** Each second a hundredth of the nodes crashes and as many new ones come, through bootstraps that stay. */
    static List<Gate> comeAndGo(int nodes, long seed) {
        Mesh mesh = Mesh.settled(nodes, seed);
        mesh.members.forEach(SimulatedNode::clearRecords);
        List<SimulatedNode> bootstraps = List.copyOf(mesh.members.subList(0, Mesh.BOOTSTRAPS));
        Map<SimulatedNode, Duration> joinedAt = new HashMap<>();
        Map<SimulatedNode, Duration> crashedAt = new HashMap<>();
        Published published = new Published();
        long framesBefore = mesh.network.dataFrames();
        int perSecond = (int) Math.ceil(nodes * SHARE_A_SECOND);
        int splits = 0;
        for (int second = 0; second < CHURN.toSeconds(); second++) {
            for (int i = 0; i < perSecond; i++) {
                SimulatedNode victim = mesh.anyUp();
                if (!bootstraps.contains(victim)) {
                    victim.crash();
                    crashedAt.put(victim, mesh.network.now());
                    published.onEnd(victim, mesh.network.now());
                }
                joinedAt.put(mesh.join(bootstraps, false), mesh.network.now());
                mesh.network.advance(ofSeconds(1).dividedBy(perSecond));
            }
            published.publish(mesh, stayer(mesh, joinedAt));
            splits += settledComponents(mesh, joinedAt) > 1 ? 1 : 0;
        }
        mesh.network.advance(Mesh.LONGEST_WAIT);
        double frames = mesh.network.dataFrames() - framesBefore;
        double deliveries = mesh.members.stream()
                .mapToLong(node -> node.deliveries().size())
                .sum();
        double missed = published.missedWithin(
                mesh.members, (node, message) -> isStayer(node, message.at(), joinedAt, crashedAt), Mesh.LONGEST_WAIT);
        return List.of(
                Gate.atMost("missed by those that stay", missed, 0),
                Gate.reported(
                        "ended with their senders",
                        published.ended(mesh.members).size()),
                Mesh.isLarge(nodes)
                        ? Gate.atMost("RMR", frames / deliveries - 1, 0.3)
                        : Gate.reported("RMR", frames / deliveries - 1), // a tenth comes and goes each second
                Gate.atMost("seconds with more than one component", splits, 0),
                Gate.atMost("components at the end", mesh.graph().components(), 1),
                mesh.accounts());
    }

    private static SimulatedNode stayer(Mesh mesh, Map<SimulatedNode, Duration> joinedAt) {
        List<SimulatedNode> settled = settled(mesh, joinedAt);
        return settled.get(mesh.random.nextInt(settled.size()));
    }

    private static List<SimulatedNode> settled(Mesh mesh, Map<SimulatedNode, Duration> joinedAt) {
        Duration before = mesh.network.now().minus(JOINING);
        return mesh.up().stream()
                .filter(node -> joinedAt.getOrDefault(node, Duration.ZERO).compareTo(before) <= 0)
                .toList();
    }

    /** Components of those that have had time to join; whoever came just now may connect them, but is none. */
    private static long settledComponents(Mesh mesh, Map<SimulatedNode, Duration> joinedAt) {
        return mesh.graph().componentsWith(settled(mesh, joinedAt));
    }

    private static boolean isStayer(
            SimulatedNode node,
            Duration sentAt,
            Map<SimulatedNode, Duration> joinedAt,
            Map<SimulatedNode, Duration> crashedAt) {
        Duration joined = joinedAt.getOrDefault(node, Duration.ZERO).plus(JOINING);
        Duration crashed = crashedAt.get(node);
        return joined.compareTo(sentAt) <= 0
                && (crashed == null || crashed.compareTo(sentAt.plus(Mesh.LONGEST_WAIT)) > 0);
    }

    /** A hundred times, a node is killed and at once there again, with the same id and no memory. */
    static List<Gate> restarts(int nodes, long seed) {
        return restart(nodes, seed, SimulatedNode::restart, Duration.ZERO);
    }

    /**
     * The same, with a clock that is wrong by an hour: others have seen a later incarnation. Until the node has dialled one of
     * them and gone above it, they take its messages for old ones; the gate gives it ten seconds.
     */
    static List<Gate> epochsBackwards(int nodes, long seed) {
        return restart(nodes, seed, node -> node.restartBehind(Duration.ofHours(1)), CONVERGENCE);
    }

    private static List<Gate> restart(int nodes, long seed, Consumer<SimulatedNode> again, Duration senderIsBack) {
        Mesh mesh = Mesh.settled(nodes, seed);
        mesh.members.forEach(SimulatedNode::clearRecords);
        Map<SimulatedNode, Duration> restartedAt = new HashMap<>();
        Published published = new Published();
        Published early = new Published();
        for (int i = 0; i < RESTARTS; i++) {
            SimulatedNode node = mesh.anyUp();
            node.crash();
            published.onEnd(node, mesh.network.now());
            early.onEnd(node, mesh.network.now());
            again.accept(node);
            node.subscribe(Mesh.TOPIC);
            restartedAt.put(node, mesh.network.now());
            mesh.network.advance(ofMillis(250));
            SimulatedNode sender = anyOther(mesh, node);
            boolean isBack = isBack(restartedAt.get(sender), mesh.network.now(), senderIsBack);
            (isBack ? published : early).publish(mesh, sender);
            mesh.network.advance(ofMillis(250));
        }
        Duration end = mesh.network.now();
        double joined = mesh.secondsToOneComponent(ofSeconds(60));
        double waited = Math.min(joined, 60);
        mesh.network.advance(Duration.ofNanos((long) (Math.max(0, 10 - waited) * 1e9)));
        Published after = new Published();
        after.publish(mesh, mesh.anyUp());
        mesh.network.advance(Mesh.LONGEST_WAIT);
        return List.of(
                Gate.atMost("missed by the others", missed(mesh, published, restartedAt, end), 0),
                Gate.reported("missed of senders that are not back yet", missed(mesh, early, restartedAt, end)),
                Gate.reported(
                        "ended with their senders",
                        published.ended(mesh.members).size()),
                Gate.atMost("one component s", joined, Mesh.seconds(CONVERGENCE)),
                Gate.atMost("missed of a message at +10 s", after.missedBy(mesh.members, mesh.network.now()), 0),
                mesh.accounts());
    }

    private static double missed(
            Mesh mesh, Published published, Map<SimulatedNode, Duration> restartedAt, Duration end) {
        return published.missedWithin(
                mesh.members,
                (node, message) -> isBack(restartedAt.get(node), message.at(), CONVERGENCE)
                        && message.at().compareTo(end) <= 0,
                Mesh.LONGEST_WAIT);
    }

    private static SimulatedNode anyOther(Mesh mesh, SimulatedNode node) {
        List<SimulatedNode> others = new ArrayList<>(mesh.up());
        others.remove(node);
        return others.get(mesh.random.nextInt(others.size()));
    }

    /** Whether its last restart was so long before, or it has had none. */
    private static boolean isBack(@Nullable Duration restartedAt, Duration moment, Duration before) {
        return restartedAt == null || restartedAt.plus(before).compareTo(moment) <= 0;
    }
}
