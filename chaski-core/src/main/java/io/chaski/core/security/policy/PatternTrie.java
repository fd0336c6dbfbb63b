package io.chaski.core.security.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values by patterns of levels. A look-up goes down the levels of the name, and at each takes the level itself, {@code *}
 * and <code>{self}</code>: its cost grows with the number of levels and with the number of patterns that share a beginning with
 * the name up to there, not with the number of patterns. Never recurses. Not changed any more once it is looked up in.
 *
 * @param <V> what a pattern stands for
 */
final class PatternTrie<V> {

    private final Node<V> root = new Node<>();

    private static final class Node<V> {
        private final Map<String, Node<V>> literals = new HashMap<>();
        private @Nullable Node<V> any;
        private @Nullable Node<V> self;
        private @Nullable V here;
        private @Nullable V tail;
    }

    private record Step<V>(Node<V> node, int level) {}

    /** The value of a pattern, made if it is new. */
    V at(List<String> pattern, Supplier<V> maker) {
        Node<V> node = root;
        for (String level : pattern) {
            if (level.equals(Levels.TAIL)) {
                V known = node.tail;
                V value = known == null ? maker.get() : known;
                node.tail = value;
                return value;
            }
            node = child(node, level);
        }
        V known = node.here;
        V value = known == null ? maker.get() : known;
        node.here = value;
        return value;
    }

    private static <V> Node<V> child(Node<V> node, String level) {
        if (level.equals(Levels.ANY)) {
            Node<V> any = node.any == null ? new Node<>() : node.any;
            node.any = any;
            return any;
        }
        if (level.equals(Levels.SELF)) {
            Node<V> self = node.self == null ? new Node<>() : node.self;
            node.self = self;
            return self;
        }
        return node.literals.computeIfAbsent(level, added -> new Node<>());
    }

    /**
     * Finds all patterns that match a name.
     *
     * @param name its levels, at least 1
     * @param path what <code>{self}</code> stands for; empty if nothing matches it
     * @param found takes the value of each pattern, in no particular order
     * @return how many places of the trie were looked at
     */
    int match(List<String> name, List<String> path, Consumer<V> found) {
        int looks = 0;
        Deque<Step<V>> steps = new ArrayDeque<>();
        steps.push(new Step<>(root, 0));
        boolean isReserved = Levels.isReserved(name);
        while (!steps.isEmpty()) {
            Step<V> step = steps.pop();
            looks++;
            Node<V> node = step.node();
            int level = step.level();
            boolean wildcardsCount = level > 0 || !isReserved;
            if (node.tail != null && wildcardsCount) {
                found.accept(node.tail);
            }
            if (level == name.size()) {
                if (node.here != null) {
                    found.accept(node.here);
                }
                continue;
            }
            push(steps, node.literals.get(name.get(level)), level + 1);
            if (wildcardsCount) {
                push(steps, node.any, level + 1);
            }
            int end = level + path.size();
            boolean isSelf = node.self != null
                    && !path.isEmpty()
                    && end <= name.size()
                    && name.subList(level, end).equals(path);
            if (isSelf) {
                push(steps, node.self, end);
            }
        }
        return looks;
    }

    private static <V> void push(Deque<Step<V>> steps, @Nullable Node<V> node, int level) {
        if (node != null) {
            steps.push(new Step<>(node, level));
        }
    }
}
