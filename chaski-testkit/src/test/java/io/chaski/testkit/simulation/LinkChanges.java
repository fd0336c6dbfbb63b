package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.member.HyParView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How often the links of each node of a mesh change, by tenths of a second: those of the topic by what the node tells, those of "@", of
 * which it tells nothing, by what is different after each tenth. Confined to one thread.
 */
final class LinkChanges {

    private static final Duration STEP = ofMillis(100);

    private final Mesh mesh;
    private final Map<SimulatedNode, Counts> counts = new LinkedHashMap<>();

    /** Changes of the links of one node in one overlay. */
    private static final class Series {
        private final List<Integer> bySteps = new ArrayList<>();

        void add(long changes) {
            bySteps.add((int) changes);
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

    private static final class Counts {
        private final SimulatedNode node;
        private final Series topic = new Series();
        private final Series control = new Series();
        private int eventsRead;
        private List<NodeId> controlLinks;

        Counts(SimulatedNode node) {
            this.node = node;
            this.controlLinks = controlLinks(node);
        }

        void read() {
            List<NodeEvent> events = node.events();
            List<NodeEvent> news = events.subList(eventsRead, events.size());
            topic.add(news.stream().filter(LinkChanges::isLinkChange).count());
            eventsRead = events.size();
            List<NodeId> links = controlLinks(node);
            control.add(missing(links, controlLinks) + missing(controlLinks, links));
            controlLinks = links;
        }

        private static List<NodeId> controlLinks(SimulatedNode node) {
            return node.isUp() ? node.protocol().neighbours(HyParView.CONTROL) : List.of();
        }

        private static long missing(List<NodeId> some, List<NodeId> others) {
            return some.stream().filter(id -> !others.contains(id)).count();
        }
    }

    /** Nothing counts that was before; the records of the nodes must not be cleared until the end. */
    LinkChanges(Mesh mesh) {
        this.mesh = mesh;
        mesh.members.forEach(SimulatedNode::clearRecords);
        mesh.members.forEach(node -> counts.put(node, new Counts(node)));
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
        counts.values().forEach(Counts::read);
    }

    /** The most changes of one node within so long, wherever that begins. */
    double most(Collection<SimulatedNode> nodes, Duration window) {
        return most(nodes, window, node -> node.topic);
    }

    /** The same in "@". */
    double mostOfControl(Collection<SimulatedNode> nodes, Duration window) {
        return most(nodes, window, node -> node.control);
    }

    private double most(Collection<SimulatedNode> nodes, Duration window, Function<Counts, Series> overlay) {
        int steps = (int) window.dividedBy(STEP);
        return counts.values().stream()
                .filter(node -> nodes.contains(node.node))
                .mapToLong(node -> overlay.apply(node).most(steps))
                .max()
                .orElse(0);
    }

    /** Changes of a node, the mean of all. */
    double mean() {
        return counts.values().stream()
                .mapToLong(node -> node.topic.inAll())
                .average()
                .orElse(0);
    }

    private static boolean isLinkChange(NodeEvent event) {
        return event instanceof NodeEvent.NeighboursChanged change
                && change.topic().equals(Mesh.TOPIC);
    }
}
