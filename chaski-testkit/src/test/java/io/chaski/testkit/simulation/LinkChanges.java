package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;

import io.chaski.core.NodeEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How often the links of each node of a mesh change, by tenths of a second. */
final class LinkChanges {

    private static final Duration STEP = ofMillis(100);

    private final Mesh mesh;
    private final Map<SimulatedNode, Counts> counts = new LinkedHashMap<>();

    private static final class Counts {
        private final List<Integer> bySteps = new ArrayList<>();
        private int eventsRead;

        void read(List<NodeEvent> events) {
            List<NodeEvent> news = events.subList(eventsRead, events.size());
            bySteps.add((int) news.stream().filter(LinkChanges::isLinkChange).count());
            eventsRead = events.size();
        }

        long inAll() {
            return bySteps.stream().mapToLong(Integer::intValue).sum();
        }

        long most(int steps) {
            long within = 0;
            long most = 0;
            for (int i = 0; i < bySteps.size(); i++) {
                within += bySteps.get(i) - (i < steps ? 0 : bySteps.get(i - steps));
                most = Math.max(most, within);
            }
            return most;
        }
    }

    /** Nothing counts that was before; the records of the nodes must not be cleared until the end. */
    LinkChanges(Mesh mesh) {
        this.mesh = mesh;
        mesh.members.forEach(SimulatedNode::clearRecords);
        mesh.members.forEach(node -> counts.put(node, new Counts()));
    }

    /** Lets time pass, a whole number of tenths of a second; what has happened since the last time counts as the first of them. */
    void advance(Duration duration) {
        read();
        for (long i = 0; i < duration.dividedBy(STEP); i++) {
            mesh.network.advance(STEP);
            read();
        }
    }

    private void read() {
        counts.forEach((node, read) -> read.read(node.events()));
    }

    /** The most changes of one node within so long, wherever that begins. */
    double most(Collection<SimulatedNode> nodes, Duration window) {
        int steps = (int) window.dividedBy(STEP);
        return counts.entrySet().stream()
                .filter(node -> nodes.contains(node.getKey()))
                .mapToLong(node -> node.getValue().most(steps))
                .max()
                .orElse(0);
    }

    /** Changes of a node, the mean of all. */
    double mean() {
        return counts.values().stream().mapToLong(Counts::inAll).average().orElse(0);
    }

    private static boolean isLinkChange(NodeEvent event) {
        return event instanceof NodeEvent.NeighboursChanged change
                && change.topic().equals(Mesh.TOPIC);
    }
}
