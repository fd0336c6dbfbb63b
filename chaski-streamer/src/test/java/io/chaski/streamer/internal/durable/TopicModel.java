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
import java.util.stream.Collectors;

/**
 * What a store was told and has answered, and what may therefore be found in it, at any moment and after any crash: the
 * checkers for what is lost, made up, doubled, out of order, and for cursors. Knows nothing of how a store works. Confined to
 * one thread.
 */
final class TopicModel {

    private final long keptBytes;

    /** Acknowledged, in this order. */
    private final Map<Id, KeptMessage> stored = new LinkedHashMap<>();

    /**
     * Said to be there when they came again, and never acknowledged before: a process has died between storing and saying so.
     * They are as old as anything, and may have been given up, which must be known.
     */
    private final Map<Id, KeptMessage> storedEarlier = new HashMap<>();

    /** Everything that may be there, since it was asked for and not refused. */
    private final Map<Id, Set<KeptMessage>> possible = new HashMap<>();

    /** What the cursors of each consumer may be after all that was acknowledged. */
    private Set<Map<String, Map<Source, Long>>> cursors = Set.of(Map.of());

    /** What was asked for about cursors and neither acknowledged nor refused, and may have happened. */
    private final List<LogEntry> underWay = new ArrayList<>();

    private record Id(Source source, long sequence) {
        static Id of(KeptMessage message) {
            return new Id(message.source(), message.sequence());
        }
    }

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
        } else {
            underWay.add(entry);
        }
    }

    /** The store has answered. */
    void onAnswered(LogEntry entry, Appended answer) {
        if (entry instanceof KeptMessage message) {
            onAnswered(message, answer);
            return;
        }
        List<LogEntry> before = underWay.subList(0, underWay.indexOf(entry));
        cursors = possibleCursors(before).stream()
                .map(each -> cursorsAfter(each, entry))
                .collect(Collectors.toSet());
        before.clear();
        underWay.remove(entry);
    }

    /** With any of some entries, in their order. */
    private Set<Map<String, Map<Source, Long>>> possibleCursors(List<LogEntry> entries) {
        Set<Map<String, Map<Source, Long>>> all = new HashSet<>(cursors);
        for (LogEntry entry : entries) {
            List.copyOf(all).forEach(each -> all.add(cursorsAfter(each, entry)));
        }
        return all;
    }

    private static Map<String, Map<Source, Long>> cursorsAfter(Map<String, Map<Source, Long>> before, LogEntry entry) {
        Map<String, Map<Source, Long>> after = new HashMap<>(before);
        if (entry instanceof ConsumerEnd end) {
            after.remove(end.consumer());
        } else if (entry instanceof CursorMove move && (move.sequence() > 0 || after.containsKey(move.consumer()))) {
            Map<Source, Long> bySource = new HashMap<>(after.getOrDefault(move.consumer(), Map.of()));
            if (move.sequence() == 0) {
                bySource.remove(move.source());
            } else {
                bySource.merge(move.source(), move.sequence(), Math::max);
            }
            after.put(move.consumer(), bySource);
        }
        return after;
    }

    private void onAnswered(KeptMessage message, Appended answer) {
        if (answer == Appended.CONFLICT || answer == Appended.TRIMMED) {
            onRefused(message);
            return;
        }
        Id id = Id.of(message);
        if (acknowledged(id) == null) {
            (answer == Appended.STORED ? stored : storedEarlier).put(id, message);
        }
        if (message.equals(acknowledged(id))) {
            possible.put(id, new HashSet<>(Set.of(message)));
        }
    }

    private KeptMessage acknowledged(Id id) {
        return stored.getOrDefault(id, storedEarlier.get(id));
    }

    /** The store has said that an entry will not be there. */
    void onRefused(LogEntry entry) {
        if (!(entry instanceof KeptMessage message)) {
            underWay.remove(entry);
        } else if (!message.equals(acknowledged(Id.of(message)))) {
            possible.getOrDefault(Id.of(message), new HashSet<>()).remove(message);
        }
    }

    /** Forgets what the store has given up, after it was checked that it may, so that a long run fits into memory. */
    void forgetGivenUp(StoreView view) {
        Set<KeptMessage> found = new HashSet<>(view.history());
        stored.values().removeIf(message -> !found.contains(message));
        storedEarlier.values().removeIf(message -> !found.contains(message));
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
            if (bytes <= keptBytes && !found.contains(message)) {
                violations.add("lost: " + message);
            } else {
                checkGivenUp(message, found, view, violations);
            }
        }
        storedEarlier.values().forEach(message -> checkGivenUp(message, found, view, violations));
    }

    private static void checkGivenUp(
            KeptMessage message, Set<KeptMessage> found, StoreView view, List<String> violations) {
        Holding holding = view.holdings().get(message.source());
        boolean isKnown = holding != null && holding.trimmed().contains(message.sequence());
        if (!isKnown && !found.contains(message)) {
            violations.add("gone and not said to be: " + message);
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
        Set<Map<String, Map<Source, Long>>> possibleCursors = possibleCursors(underWay);
        if (!possibleCursors.contains(view.cursors())) {
            violations.add("the cursors are " + view.cursors() + " and not one of " + possibleCursors);
        }
    }
}
