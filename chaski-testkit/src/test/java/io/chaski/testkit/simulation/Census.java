package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;

import io.chaski.core.internal.protocol.OverlayInspection;
import io.chaski.core.internal.protocol.member.HyParView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the overlay's design wants to know of each run (overlay.md, 4.2) and no row asks for: the shape of the overlay when the
 * run is over, what became of messages and what it costs beside them, how large its tables and how long its ends of links at odds
 * have been. Looks at the topic that most nodes subscribe to, in the network that was made last. Confined to one thread.
 */
final class Census {

    private static final double QUARTER = 0.25;
    private static final Duration BETWEEN_LOOKS = ofMillis(250);

    /** As a view names them. */
    private static final String PASSIVE = "passive members";

    private static final int PLENTY = Integer.MAX_VALUE;

    private @Nullable SimulatedNetwork network;
    private @Nullable Double quarterSeconds;

    void onMade(SimulatedNetwork made) {
        network = made;
        quarterSeconds = null;
        made.onHealed(left -> {
            quarterSeconds = Double.POSITIVE_INFINITY;
            Duration healedAt = made.now();
            lookForCrossLinks(made, left, healedAt);
        });
    }

    private void lookForCrossLinks(SimulatedNetwork healed, List<SimulatedNode> left, Duration healedAt) {
        if (MostSubscribed.of(healed).graph().crossShare(left) >= QUARTER) {
            quarterSeconds = Mesh.seconds(healed.now().minus(healedAt));
        } else {
            healed.after(BETWEEN_LOOKS, () -> lookForCrossLinks(healed, left, healedAt));
        }
    }

    /** All of it; nothing if no network was made or nobody is left. */
    List<Gate> measure() {
        SimulatedNetwork measured = network;
        if (measured == null || measured.nodes().stream().noneMatch(SimulatedNode::isUp)) {
            return List.of();
        }
        List<Gate> all = new ArrayList<>();
        addShape(MostSubscribed.of(measured), all);
        addMessages(measured, all);
        addLoad(measured.load(), all);
        if (quarterSeconds != null) {
            all.add(Gate.reported("cross share of a quarter s", quarterSeconds));
        }
        all.add(Gate.reported("longest asymmetry s", measured.invariants().longestAsymmetryNanos() / 1e9));
        all.add(Gate.reported("asymmetric ends when over", measured.invariants().asymmetricEnds()));
        measured.invariants()
                .largestTables()
                .all()
                .forEach((table, size) -> all.add(Gate.reported("most " + table, (double) size)));
        return all;
    }

    /**
     * Links that drained and were cut because too many did, at nodes that are up. A full node seldom has half as many that drain: a row in
     * which it happens is one to look at.
     */
    Gate cutLinks() {
        double cut = 0;
        if (network != null) {
            for (SimulatedNode node : network.nodes()) {
                cut += node.isUp() ? node.snapshot().counters().getOrDefault(HyParView.DRAIN_CUT, 0L) : 0;
            }
        }
        return Gate.atMost("draining links that were cut", cut, 0);
    }

    private static void addShape(MostSubscribed topic, List<Gate> all) {
        OverlayGraph graph = topic.graph();
        all.add(Gate.reported("parts", graph.components()));
        all.add(Gate.reported("share in the largest", graph.largestComponent() / (double) graph.size()));
        all.add(Gate.reported("alone", graph.isolated()));
        addHistogram("degree", graph::shareWithDegree, all);
        addHistogram("in-degree", graph::shareWithInDegree, all);
        all.add(Gate.reported("clustering", graph.clustering()));
        if (graph.size() > graph.components()) {
            all.add(Gate.reported("mean path", graph.meanPath()));
        }
        IntSummaryStatistics passive = topic.passive();
        if (passive.getCount() > 0) {
            all.add(Gate.reported("passive members, mean", passive.getAverage()));
            all.add(Gate.reported("passive members, least", passive.getMin()));
        }
    }

    @FunctionalInterface
    private interface Shares {
        double between(int least, int most);
    }

    private static void addHistogram(String name, Shares shares, List<Gate> all) {
        all.add(Gate.reported(name + " 0", shares.between(0, 0)));
        all.add(Gate.reported(name + " 1 to 4", shares.between(1, 4)));
        all.add(Gate.reported(name + " 5", shares.between(5, 5)));
        all.add(Gate.reported(name + " 6", shares.between(6, 6)));
        all.add(Gate.reported(name + " 7 or more", shares.between(7, PLENTY)));
    }

    private static void addMessages(SimulatedNetwork network, List<Gate> all) {
        network.accounts().shareDelivered().ifPresent(share -> all.add(Gate.reported("reliability", share)));
        MessageLoad messages = network.messages();
        if (messages.isKnown()) {
            all.add(Gate.reported("RMR", messages.redundancy()));
            all.add(Gate.reported("LDH", messages.lastHop()));
            all.add(Gate.reported("last s", Mesh.seconds(messages.last())));
        }
    }

    private static void addLoad(ControlLoad load, List<Gate> all) {
        if (load.isKnown()) {
            all.add(Gate.reported("control frames a node and second", load.framesPerSecond()));
            all.add(Gate.reported("control bytes a node and second", load.bytesPerSecond()));
            all.add(Gate.reported("control frames a node and message", load.framesPerMessage()));
            all.add(Gate.reported("control bytes a node and message", load.bytesPerMessage()));
        }
    }

    /** The topic that most nodes subscribe to now, the control overlay if there is none, and those nodes. */
    private record MostSubscribed(String topic, List<SimulatedNode> members) {
        static MostSubscribed of(SimulatedNetwork network) {
            List<SimulatedNode> up =
                    network.nodes().stream().filter(SimulatedNode::isUp).toList();
            Map<String, List<SimulatedNode>> byTopic = new LinkedHashMap<>();
            for (SimulatedNode node : up) {
                for (OverlayInspection overlay : node.protocol().overlays()) {
                    if (node.subscribedAt(overlay.topic()) != null) {
                        byTopic.computeIfAbsent(overlay.topic(), unused -> new ArrayList<>())
                                .add(node);
                    }
                }
            }
            MostSubscribed most = new MostSubscribed(HyParView.CONTROL, up);
            int members = 0;
            for (Map.Entry<String, List<SimulatedNode>> topic : byTopic.entrySet()) {
                if (topic.getValue().size() > members) {
                    members = topic.getValue().size();
                    most = new MostSubscribed(topic.getKey(), topic.getValue());
                }
            }
            return most;
        }

        OverlayGraph graph() {
            return OverlayGraph.of(members, topic);
        }

        IntSummaryStatistics passive() {
            IntSummaryStatistics passive = new IntSummaryStatistics();
            for (SimulatedNode node : members) {
                for (OverlayInspection overlay : node.protocol().overlays()) {
                    if (overlay.topic().equals(topic)) {
                        overlay.tables().accept((table, size, most) -> {
                            if (table.equals(PASSIVE)) {
                                passive.accept((int) size);
                            }
                        });
                    }
                }
            }
            return passive;
        }
    }
}
