package io.chaski.testkit.simulation;

import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Many nodes go at once, and messages are published before anybody can have repaired anything. */
final class CrashRows {

    private static final int BROADCASTS = 10;
    private static final Duration FIRST_SECOND = ofSeconds(1);

    private CrashRows() {}

    /** Victims whose kernels reset their connections. */
    static List<Gate> visible(int nodes, long seed, double share) {
        Aftermath after = new Aftermath(nodes, seed, share, SimulatedNode::crash);
        double joined = after.secondsToOneComponent(ofSeconds(30));
        return List.of(
                Gate.atMost("one component s", joined, 3),
                Gate.atMost("missed of 10 messages", after.missed(ofSeconds(10)), 0),
                Gate.atMost("isolated", after.mesh.graph().isolated(), 0),
                after.mesh.accounts());
    }

    /** So many victims that nearly everybody whom a survivor has ever known is among them; one bootstrap lives. */
    static List<Gate> nearlyAll(int nodes, long seed) {
        Aftermath after = new Aftermath(nodes, seed, 0.95, SimulatedNode::crash);
        double joined = after.secondsToOneComponent(ofSeconds(30));
        double missed = after.missed(ofSeconds(30));
        int survivors = after.mesh.up().size();
        double reached = 1 - missed / (BROADCASTS * Math.max(1.0, survivors - 1));
        return List.of(
                Gate.atLeast("share reached by 10 messages", reached, 0.99),
                Gate.atMost(
                        "isolated at +30 s",
                        survivors == 1 ? 0 : after.mesh.graph().isolated(),
                        0),
                Gate.reported("one component s", joined),
                after.mesh.accounts());
    }

    /** Victims that are silent; the others find out when the lease is over. */
    static List<Gate> silent(int nodes, long seed, double share) {
        Aftermath after = new Aftermath(nodes, seed, share, SimulatedNode::crashSilently);
        double joined = after.secondsToOneComponent(ofSeconds(60));
        return List.of(
                Gate.atMost("one component s", joined, Mesh.seconds(Mesh.LEASE.plusSeconds(5))),
                Gate.atMost("missed of 10 messages at +15 s", after.missed(ofSeconds(15)), 0),
                Gate.atMost("isolated", after.mesh.graph().isolated(), 0),
                after.mesh.accounts());
    }

    /** A settled mesh after the crash and the first second, in which survivors have published. */
    private static final class Aftermath {
        private final Mesh mesh;
        private final Published published = new Published();
        private final Duration crashedAt;

        Aftermath(int nodes, long seed, double share, Consumer<SimulatedNode> kill) {
            mesh = Mesh.settled(nodes, seed);
            List<SimulatedNode> victims = new ArrayList<>(mesh.shuffled());
            victims.remove(mesh.members.get(0)); // the bootstrap that lives
            victims.subList(0, (int) (nodes * share)).forEach(kill);
            mesh.members.forEach(SimulatedNode::clearRecords);
            crashedAt = mesh.network.now();
            for (int i = 0; i < BROADCASTS; i++) {
                published.publish(mesh, mesh.anyUp());
                mesh.network.advance(FIRST_SECOND.dividedBy(BROADCASTS));
            }
        }

        /** Whether there was one component before the end of the first second is not asked. */
        double secondsToOneComponent(Duration limit) {
            return Mesh.seconds(FIRST_SECOND) + mesh.secondsToOneComponent(limit);
        }

        /** Messages, once for each survivor, that had not come so long after the crash. */
        double missed(Duration after) {
            Duration end = crashedAt.plus(after);
            if (mesh.network.now().compareTo(end) < 0) {
                mesh.network.advance(end.minus(mesh.network.now()));
            }
            return published.missedBy(mesh.up(), end);
        }
    }
}
