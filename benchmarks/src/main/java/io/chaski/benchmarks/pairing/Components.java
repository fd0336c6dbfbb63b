package io.chaski.benchmarks.pairing;

import io.chaski.core.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The connected parts of a topic. A link counts when both of its ends name it. */
final class Components {

    private Components() {}

    /**
     * The parts; one when every member reaches every other.
     *
     * @param neighbours the links of each member
     */
    static List<Set<NodeId>> of(Map<NodeId, List<NodeId>> neighbours) {
        Set<NodeId> unseen = new LinkedHashSet<>(neighbours.keySet());
        List<Set<NodeId>> components = new ArrayList<>();
        while (!unseen.isEmpty()) {
            Set<NodeId> component = new LinkedHashSet<>();
            Deque<NodeId> ahead = new ArrayDeque<>(List.of(unseen.iterator().next()));
            while (!ahead.isEmpty()) {
                NodeId next = ahead.removeFirst();
                if (unseen.remove(next)) {
                    component.add(next);
                    neighbours.getOrDefault(next, List.of()).stream()
                            .filter(other ->
                                    neighbours.getOrDefault(other, List.of()).contains(next))
                            .forEach(ahead::add);
                }
            }
            components.add(component);
        }
        return components;
    }
}
