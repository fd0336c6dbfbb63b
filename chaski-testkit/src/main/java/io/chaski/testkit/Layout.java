package io.chaski.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * How the nodes of a test are connected. All but {@link #AUTOMATIC} use {@link io.chaski.core.Topology#MANUAL}: exactly
 * these edges exist, and a topic flows over those between its subscribers.
 */
public enum Layout {
    /** The first node is a root, the others begin with its address; the rest is up to them. */
    AUTOMATIC {
        @Override
        List<Pair> edges(int nodes) {
            return List.of();
        }
    },
    /** Each node is connected to the next. */
    LINE {
        @Override
        List<Pair> edges(int nodes) {
            List<Pair> edges = new ArrayList<>();
            for (int i = 1; i < nodes; i++) {
                edges.add(new Pair(i - 1, i));
            }
            return edges;
        }
    },
    /** The first node is connected to each other node. */
    STAR {
        @Override
        List<Pair> edges(int nodes) {
            List<Pair> edges = new ArrayList<>();
            for (int i = 1; i < nodes; i++) {
                edges.add(new Pair(0, i));
            }
            return edges;
        }
    },
    /** A line whose ends are connected, too. */
    RING {
        @Override
        List<Pair> edges(int nodes) {
            List<Pair> edges = new ArrayList<>(LINE.edges(nodes));
            if (nodes > 2) {
                edges.add(new Pair(nodes - 1, 0));
            }
            return edges;
        }
    },
    /** Each node is connected to each other. */
    MESH {
        @Override
        List<Pair> edges(int nodes) {
            List<Pair> edges = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                for (int j = i + 1; j < nodes; j++) {
                    edges.add(new Pair(i, j));
                }
            }
            return edges;
        }
    };

    /** Two nodes by their place in the list of nodes; the first dials. */
    record Pair(int dialler, int target) {}

    abstract List<Pair> edges(int nodes);
}
