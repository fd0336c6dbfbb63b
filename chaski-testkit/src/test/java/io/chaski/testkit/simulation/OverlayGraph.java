package io.chaski.testkit.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** The active links of one topic among the nodes that are up, at one moment. A link counts when both ends have it. */
final class OverlayGraph {

    private final List<SimulatedNode> nodes;
    private final int[][] links;

    /** How many others say that they have a link to a node, whatever it says itself. */
    private final int[] claims;

    private OverlayGraph(List<SimulatedNode> nodes, int[][] links, int[] claims) {
        this.nodes = nodes;
        this.links = links;
        this.claims = claims;
    }

    static OverlayGraph of(List<SimulatedNode> members, String topic) {
        List<SimulatedNode> up = members.stream().filter(SimulatedNode::isUp).toList();
        Map<SimulatedNode, Integer> index = new HashMap<>();
        up.forEach(node -> index.put(node, index.size()));
        List<List<Integer>> claimed = new ArrayList<>();
        int[] claims = new int[up.size()];
        for (SimulatedNode node : up) {
            List<Integer> ends = new ArrayList<>();
            for (SimulatedNode neighbour : node.neighbours(topic)) {
                Integer end = index.get(neighbour);
                if (end != null) {
                    ends.add(end);
                    claims[end]++;
                }
            }
            claimed.add(ends);
        }
        int[][] links = new int[up.size()][];
        for (int i = 0; i < links.length; i++) {
            int self = i;
            links[i] = claimed.get(i).stream()
                    .filter(end -> claimed.get(end).contains(self))
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
        return new OverlayGraph(up, links, claims);
    }

    int size() {
        return links.length;
    }

    int degree(int node) {
        return links[node].length;
    }

    double meanDegree() {
        return Arrays.stream(links).mapToInt(ends -> ends.length).average().orElse(0);
    }

    int smallestDegree() {
        return Arrays.stream(links).mapToInt(ends -> ends.length).min().orElse(0);
    }

    double shareWithDegree(int least, int most) {
        return Arrays.stream(links)
                        .filter(ends -> ends.length >= least && ends.length <= most)
                        .count()
                / (double) size();
    }

    double shareWithInDegree(int least, int most) {
        return Arrays.stream(claims)
                        .filter(links -> links >= least && links <= most)
                        .count()
                / (double) size();
    }

    int isolated() {
        return (int) Arrays.stream(links).filter(ends -> ends.length == 0).count();
    }

    /** Number of parts that no link connects. */
    int components() {
        return componentsWith(nodes);
    }

    /** Number of parts, counting those only that one of the given nodes is in. */
    int componentsWith(Collection<SimulatedNode> counted) {
        Set<SimulatedNode> starts = new HashSet<>(counted);
        boolean[] seen = new boolean[size()];
        int components = 0;
        for (int i = 0; i < size(); i++) {
            if (!seen[i] && starts.contains(nodes.get(i))) {
                components++;
                int[] distances = distancesFrom(i);
                for (int j = 0; j < distances.length; j++) {
                    seen[j] |= distances[j] >= 0;
                }
            }
        }
        return components;
    }

    /** Number of nodes in the largest part. */
    int largestComponent() {
        boolean[] seen = new boolean[size()];
        int largest = 0;
        for (int i = 0; i < size(); i++) {
            if (!seen[i]) {
                int[] distances = distancesFrom(i);
                int reached = 0;
                for (int j = 0; j < distances.length; j++) {
                    reached += distances[j] >= 0 ? 1 : 0;
                    seen[j] |= distances[j] >= 0;
                }
                largest = Math.max(largest, reached);
            }
        }
        return largest;
    }

    /** Mean over the nodes of the share of their pairs of neighbours that are neighbours themselves (Watts, Strogatz). */
    double clustering() {
        double sum = 0;
        for (int[] ends : links) {
            int closed = 0;
            for (int a = 0; a < ends.length; a++) {
                for (int b = a + 1; b < ends.length; b++) {
                    closed += contains(links[ends[a]], ends[b]) ? 1 : 0;
                }
            }
            sum += ends.length < 2 ? 0 : closed / (ends.length * (ends.length - 1) / 2.0);
        }
        return sum / size();
    }

    /** Mean number of hops between two nodes that reach each other. */
    double meanPath() {
        double sum = 0;
        long pairs = 0;
        for (int i = 0; i < size(); i++) {
            for (int distance : distancesFrom(i)) {
                if (distance > 0) {
                    sum += distance;
                    pairs++;
                }
            }
        }
        return sum / pairs;
    }

    /** Links with one end in each half, seen from both ends, as a share of five links a node. */
    double crossShare(List<SimulatedNode> left) {
        Set<SimulatedNode> half = new HashSet<>(left);
        long crossing = 0;
        for (int i = 0; i < size(); i++) {
            boolean isLeft = half.contains(nodes.get(i));
            for (int end : links[i]) {
                crossing += half.contains(nodes.get(end)) != isLeft ? 1 : 0;
            }
        }
        return crossing / (5.0 * size());
    }

    /** The hop of the last first arrival if everybody sent to all neighbours at once: what flooding achieves. */
    int floodHops(SimulatedNode sender) {
        record Copy(int at, int hop, long nanos) {}
        PriorityQueue<Copy> underway = new PriorityQueue<>((a, b) -> Long.compare(a.nanos, b.nanos));
        boolean[] reached = new boolean[size()];
        int last = 0;
        underway.add(new Copy(nodes.indexOf(sender), 0, 0));
        while (!underway.isEmpty()) {
            Copy copy = underway.remove();
            if (reached[copy.at]) {
                continue;
            }
            reached[copy.at] = true;
            last = Math.max(last, copy.hop);
            for (int end : links[copy.at]) {
                long nanos = copy.nanos + nodes.get(copy.at).latencyNanosTo(nodes.get(end));
                underway.add(new Copy(end, copy.hop + 1, nanos));
            }
        }
        return last;
    }

    private int[] distancesFrom(int start) {
        int[] distances = new int[size()];
        Arrays.fill(distances, -1);
        distances[start] = 0;
        ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty()) {
            int node = queue.remove();
            for (int end : links[node]) {
                if (distances[end] < 0) {
                    distances[end] = distances[node] + 1;
                    queue.add(end);
                }
            }
        }
        return distances;
    }

    private static boolean contains(int[] ends, int wanted) {
        for (int end : ends) {
            if (end == wanted) {
                return true;
            }
        }
        return false;
    }
}
