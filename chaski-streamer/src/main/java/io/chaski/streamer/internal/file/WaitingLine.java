package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * What waits for its turn: in order for one sender, and between senders the one first that has the least under way. When it
 * is full, a sender that has less in it than others takes the place of one of theirs, so no sender keeps the others out. Not
 * thread-safe.
 *
 * @param <T> what waits
 */
final class WaitingLine<T> {

    private final int most;
    private final Map<NodeId, Set<T>> bySender = new LinkedHashMap<>();
    private int size;

    WaitingLine(int most) {
        this.most = most;
    }

    /** Whether there is a place for one of a sender, if need be that of another one's. */
    boolean hasPlace(NodeId sender) {
        return size < most
                || largest().filter(other -> sizeOf(other) > sizeOf(sender) + 1).isPresent();
    }

    /**
     * Adds one for which there is a place.
     *
     * @return what had to go, the last of the sender that has most
     */
    Optional<T> add(NodeId sender, T item) {
        Optional<T> gone = size < most ? Optional.empty() : largest().flatMap(this::removeLast);
        bySender.computeIfAbsent(sender, any -> new LinkedHashSet<>()).add(item);
        size++;
        return gone;
    }

    private Optional<NodeId> largest() {
        return bySender.keySet().stream().max(Comparator.comparingInt(this::sizeOf));
    }

    private int sizeOf(NodeId sender) {
        Set<T> waiting = bySender.get(sender);
        return waiting == null ? 0 : waiting.size();
    }

    private Optional<T> removeLast(NodeId sender) {
        T last = null;
        for (T item : bySender.getOrDefault(sender, Set.of())) {
            last = item;
        }
        Optional<T> removed = Optional.ofNullable(last);
        removed.ifPresent(item -> remove(sender, item));
        return removed;
    }

    /** Does nothing if it does not wait. */
    void remove(NodeId sender, T item) {
        Set<T> waiting = bySender.get(sender);
        if (waiting != null && waiting.remove(item)) {
            size--;
            if (waiting.isEmpty()) {
                bySender.remove(sender);
            }
        }
    }

    /**
     * Takes the next one out.
     *
     * @param underWay how much of a sender is under way
     * @param mayRun whether it can be its turn now
     */
    Optional<T> next(ToIntFunction<NodeId> underWay, Predicate<T> mayRun) {
        List<NodeId> senders = bySender.keySet().stream()
                .sorted(Comparator.comparingInt(underWay))
                .toList();
        for (NodeId sender : senders) {
            Iterator<T> waiting = bySender.getOrDefault(sender, Set.of()).iterator();
            while (waiting.hasNext()) {
                T item = waiting.next();
                if (mayRun.test(item)) {
                    remove(sender, item);
                    return Optional.of(item);
                }
            }
        }
        return Optional.empty();
    }
}
