package io.chaski.streamer.internal.durable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a store was told and has answered, and what may therefore be found in it, at any moment and after any crash: the
 * checkers for what is lost, made up, doubled, out of order, and for cursors. Knows nothing of how a store works. Confined to
 * one thread.
 */
final class TopicModel {

    private final long keptBytes;

    /** Acknowledged, in this order. */
    private final Map<Id, KeptMessage> stored = new LinkedHashMap<>();

    /** Everything that may be there, since it was asked for and not refused. */
    private final Map<Id, Set<KeptMessage>> possible = new HashMap<>();

    private final Map<CursorId, Long> cursors = new HashMap<>();
    private final Map<CursorId, Long> highestCursors = new HashMap<>();

    /** Cursors and consumers that were to be forgotten. */
    private final Set<String> endedConsumers = new HashSet<>();

    private record Id(Source source, long sequence) {
        static Id of(KeptMessage message) {
            return new Id(message.source(), message.sequence());
        }
    }

    private record CursorId(String consumer, Source source) {}

    /**
     * A model of an empty store.
     *
     * @param keptBytes so many bytes of the last acknowledged messages must be there, whatever the retention gives up
     */
    TopicModel(long keptBytes) {
        this.keptBytes = keptBytes;
    }

    /** An entry was given to the store. */
    void onAsked(LogEntry entry) {
        if (entry instanceof KeptMessage message) {
            possible.computeIfAbsent(Id.of(message), id -> new HashSet<>()).add(message);
        } else if (entry instanceof CursorMove move) {
            highestCursors.merge(new CursorId(move.consumer(), move.source()), move.sequence(), Math::max);
        } else if (entry instanceof ConsumerEnd end) {
            endedConsumers.add(end.consumer());
        }
    }

    /** The store has answered. */
    void onAnswered(LogEntry entry, Appended answer) {
        if (entry instanceof CursorMove move) {
            cursors.merge(new CursorId(move.consumer(), move.source()), move.sequence(), Math::max);
        } else if (entry instanceof KeptMessage message) {
            onAnswered(message, answer);
        }
    }

    private void onAnswered(KeptMessage message, Appended answer) {
        if (answer == Appended.STORED || answer == Appended.DUPLICATE) {
            KeptMessage before = stored.putIfAbsent(Id.of(message), message);
            if (before == null || before.equals(message)) {
                possible.put(Id.of(message), new HashSet<>(Set.of(message)));
            }
        } else {
            onRefused(message);
        }
    }

    /** The store has said that an entry will not be there. */
    void onRefused(LogEntry entry) {
        if (entry instanceof KeptMessage message && !message.equals(stored.get(Id.of(message)))) {
            possible.getOrDefault(Id.of(message), new HashSet<>()).remove(message);
        }
    }

    /** Forgets what the store has given up, after it was checked that it may, so that a long run fits into memory. */
    void forgetGivenUp(StoreView view) {
        Set<KeptMessage> found = new HashSet<>(view.history());
        stored.values().removeIf(message -> !found.contains(message));
        possible.keySet().removeIf(id -> {
            Holding holding = view.holdings().get(id.source);
            return holding != null && holding.trimmed().contains(id.sequence);
        });
    }

    /** What is wrong with what was found; empty if nothing is. */
    List<String> violations(StoreView view) {
        List<String> violations = new ArrayList<>();
        checkLost(view, violations);
        checkMadeUp(view, violations);
        checkOrder(view, violations);
        checkCursors(view, violations);
        return violations;
    }

    private void checkLost(StoreView view, List<String> violations) {
        Set<KeptMessage> found = new HashSet<>(view.history());
        List<KeptMessage> newestFirst = new ArrayList<>(stored.values());
        Collections.reverse(newestFirst);
        long bytes = 0;
        for (KeptMessage message : newestFirst) {
            bytes += message.lengthBytes() + RecordFormat.HEADER_BYTES;
            if (found.contains(message)) {
                continue;
            }
            Holding holding = view.holdings().get(message.source());
            if (bytes <= keptBytes) {
                violations.add("lost: " + message);
            } else if (holding == null || !holding.trimmed().contains(message.sequence())) {
                violations.add("gone and not said to be: " + message);
            }
        }
    }

    private void checkMadeUp(StoreView view, List<String> violations) {
        Set<Id> seen = new HashSet<>();
        for (KeptMessage message : view.history()) {
            if (!possible.getOrDefault(Id.of(message), Set.of()).contains(message)) {
                violations.add("never asked for, or refused: " + message);
            }
            if (!seen.add(Id.of(message))) {
                violations.add("twice: " + message);
            }
        }
    }

    private static void checkOrder(StoreView view, List<String> violations) {
        List<KeptMessage> sorted = new ArrayList<>(view.history());
        sorted.sort(Comparator.comparing(KeptMessage::position));
        if (!sorted.equals(view.history())) {
            violations.add("the history is out of order");
        }
        Map<Source, List<KeptMessage>> expected = new HashMap<>();
        view.history()
                .forEach(message -> expected.computeIfAbsent(message.source(), source -> new ArrayList<>())
                        .add(message));
        expected.values().forEach(list -> list.sort(Comparator.comparingLong(KeptMessage::sequence)));
        view.bySource().forEach((source, messages) -> {
            if (!messages.equals(expected.getOrDefault(source, List.of()))) {
                violations.add(source + ": read by sequence it is not what the history has");
            }
            Sequences kept = view.holdings().get(source).kept();
            if (kept.count() != messages.size()
                    || !messages.stream().allMatch(message -> kept.contains(message.sequence()))) {
                violations.add(source + ": the store says that it has " + kept);
            }
        });
    }

    private void checkCursors(StoreView view, List<String> violations) {
        cursors.forEach((id, sequence) -> {
            long found = view.cursors().getOrDefault(id.consumer, Map.of()).getOrDefault(id.source, 0L);
            if (found < sequence && !endedConsumers.contains(id.consumer)) {
                violations.add("the cursor of " + id + " went back from " + sequence + " to " + found);
            }
        });
        view.cursors()
                .forEach((consumer, bySource) -> bySource.forEach((source, sequence) -> {
                    if (sequence > highestCursors.getOrDefault(new CursorId(consumer, source), 0L)) {
                        violations.add("the cursor of " + consumer + " at " + source + " was never at " + sequence);
                    }
                }));
    }
}
