package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The nodes that a call tries, in turn: one that has said no is out, and any other has its turn again. Confined to one thread at
 * a time.
 */
final class Route {

    private final Deque<NodeId> turn;
    private final Set<NodeId> tried = new HashSet<>();

    /**
     * Nobody was tried.
     *
     * @param candidates in the order in which they are tried
     */
    Route(List<NodeId> candidates) {
        this.turn = new ArrayDeque<>(candidates);
    }

    /** Whether nobody is left. */
    boolean isEmpty() {
        return turn.isEmpty();
    }

    /** Whose turn it is. */
    NodeId take() {
        NodeId node = turn.getFirst();
        tried.add(node);
        return node;
    }

    /** Whether the one whose turn it is was tried before. */
    boolean isRepeated() {
        return tried.contains(turn.getFirst());
    }

    /** It would end the same way there. */
    void dropFirst() {
        turn.removeFirst();
    }

    /** It may end otherwise there, later. */
    void moveOn() {
        turn.addLast(turn.removeFirst());
    }
}
