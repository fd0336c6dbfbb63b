package io.chaski.testkit.simulation;

import io.chaski.testkit.simulation.Mesh.Reception;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mesh to which nothing happens: its shape, and the way of a message through it. */
final class StableRows {

    private static final int WARM_UP_BROADCASTS = 20;
    private static final int MEASURED_BROADCASTS = 20;

    private StableRows() {}

    static List<Gate> measure(int nodes, long seed) {
        Mesh mesh = Mesh.settled(nodes, seed);
        List<Gate> gates = new ArrayList<>();
        Reception cold = mesh.broadcast(mesh.anyUp());
        OverlayGraph graph = mesh.graph();
        if (Mesh.isLarge(nodes)) {
            gates.add(Gate.atMost("cold RMR", cold.redundancy(), 1.0));
            gates.add(Gate.reported("cold LDH", cold.lastHop()));
            double degree = graph.meanDegree();
            gates.add(Gate.atLeast("share at 5..6", graph.shareWithDegree(5, 6), 0.99));
            gates.add(Gate.atLeast("least degree", graph.smallestDegree(), 3));
            gates.add(Gate.atMost("clustering", graph.clustering(), 2 * degree / nodes));
            gates.add(Gate.atMost("mean path", graph.meanPath(), 1.1 * Math.log(nodes) / Math.log(degree - 1)));
        }
        gates.add(Gate.atMost("components", graph.components(), 1));
        gates.add(Gate.atMost("cold missed", cold.missed(), 0));

        SimulatedNode single = mesh.anyUp();
        warmUp(mesh, single);
        Series one = Series.of(mesh, single);
        gates.add(Gate.atMost("one sender: missed", one.missed, 0));
        if (Mesh.isLarge(nodes)) {
            gates.add(Gate.atMost("one sender: RMR", one.redundancy, 0.01));
            gates.add(Gate.atMost("one sender: LDH", one.lastHop, mesh.graph().floodHops(single)));
            gates.add(Gate.reported("one sender: last s", one.lastSeconds));
        }
        warmUp(mesh, null);
        Series many = Series.of(mesh, null);
        gates.add(Gate.atMost("any sender: missed", many.missed, 0));
        if (Mesh.isLarge(nodes)) {
            gates.add(Gate.atMost("any sender: RMR", many.redundancy, 0.02));
            gates.add(Gate.atMost("any sender: mean LDH", many.meanLastHop, 1.5 * Math.log(nodes) / Math.log(2)));
            gates.add(Gate.reported("any sender: worst LDH", many.lastHop));
            gates.add(Gate.atMost("any sender: mean last s", many.meanLastSeconds, 1.2 * referenceSeconds(nodes)));
            gates.add(Gate.reported("any sender: worst last s", many.lastSeconds));
        }
        gates.add(Gate.atMost(
                "gaps", mesh.members.stream().mapToInt(n -> n.gaps().size()).sum(), 0));
        gates.add(mesh.accounts());
        return gates;
    }

    /** What the port of iroh-gossip needed at 100, 1,000 and 10,000 nodes. */
    private static double referenceSeconds(int nodes) {
        if (nodes >= 10_000) {
            return 0.91;
        }
        return nodes >= 1_000 ? 0.71 : 0.44;
    }

    private static void warmUp(Mesh mesh, @Nullable SimulatedNode sender) {
        for (int i = 0; i < WARM_UP_BROADCASTS; i++) {
            mesh.broadcast(sender == null ? mesh.anyUp() : sender);
        }
    }

    /** The measured broadcasts together: how many were missed, means, and the worst last hop and time. */
    private static final class Series {
        int missed;
        double redundancy;
        int lastHop;
        double meanLastHop;
        double lastSeconds;
        double meanLastSeconds;

        static Series of(Mesh mesh, @Nullable SimulatedNode sender) {
            Series series = new Series();
            for (int i = 0; i < MEASURED_BROADCASTS; i++) {
                Reception broadcast = mesh.broadcast(sender == null ? mesh.anyUp() : sender);
                series.missed += broadcast.missed();
                series.redundancy += broadcast.redundancy() / MEASURED_BROADCASTS;
                series.meanLastHop += broadcast.lastHop() / (double) MEASURED_BROADCASTS;
                series.lastHop = Math.max(series.lastHop, broadcast.lastHop());
                series.meanLastSeconds += broadcast.lastSeconds() / MEASURED_BROADCASTS;
                series.lastSeconds = Math.max(series.lastSeconds, broadcast.lastSeconds());
            }
            return series;
        }
    }
}
