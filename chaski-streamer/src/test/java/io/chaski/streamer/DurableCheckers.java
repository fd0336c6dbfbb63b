package io.chaski.streamer;

import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was asked, answered and delivered on one durable topic, and whether that may be: the checkers 1 to 5 and 8 of the
 * plan, as far as they are about durable topics. Knows nothing of how they work. Payloads are unique.
 */
final class DurableCheckers {

    /** Which message. */
    record Id(NodeId origin, long epoch, long sequence) {}

    private final Set<String> asked = new HashSet<>();
    private final Set<String> refused = new HashSet<>();
    private final Map<Id, String> acknowledged = new LinkedHashMap<>();
    private final Map<String, List<Message<String>>> delivered = new LinkedHashMap<>();
    private final Map<String, Set<Id>> seen = new HashMap<>();
    private final Map<String, Map<List<Object>, Long>> last = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int redeliveries;

    void onAsked(String payload) {
        asked.add(payload);
    }

    void onAnswered(String payload, NodeId origin, Acknowledgement answer) {
        switch (answer.status()) {
            case KEPT -> acknowledged.put(new Id(origin, answer.epoch(), answer.sequence()), payload);
            case NO_KEEPER, BUSY, TOO_LARGE -> refused.add(payload);
            default -> {} // it may be there
        }
    }

    void onDelivered(String subscriber, DurableMessage<String> delivery) {
        Message<String> message = delivery.message();
        Id id = new Id(message.origin(), message.epoch(), message.sequence());
        String what = subscriber + " hears " + id + " " + message.payload();
        if (!asked.contains(message.payload())) {
            violations.add("2, phantom: " + what);
        }
        if (!message.payload().equals(acknowledged.getOrDefault(id, message.payload()))) {
            violations.add("2, acknowledged was " + acknowledged.get(id) + ": " + what);
        }
        if (refused.contains(message.payload())) {
            violations.add("2, refused: " + what);
        }
        if (!seen.computeIfAbsent(subscriber, unused -> new HashSet<>()).add(id)) {
            redeliveries++;
            if (!delivery.redelivered()) {
                violations.add("3, twice without a word: " + what);
            }
            return;
        }
        delivered.computeIfAbsent(subscriber, unused -> new ArrayList<>()).add(message);
        Long before = last.computeIfAbsent(subscriber, unused -> new HashMap<>())
                .put(List.of(id.origin(), id.epoch()), id.sequence());
        if (before != null && before >= id.sequence()) {
            violations.add("4, out of order, after " + before + ": " + what);
        }
    }

    /** A gap is the only way to miss something, and never hides what was acknowledged. */
    void onGap(String subscriber, NodeEvent.Gap gap) {
        acknowledged.forEach((id, payload) -> {
            boolean isHidden = id.origin().equals(gap.origin())
                    && id.epoch() == gap.epoch()
                    && id.sequence() >= gap.from()
                    && id.sequence() <= gap.to();
            if (isHidden) {
                violations.add("1, a gap of " + subscriber + " hides " + id + " " + payload);
            }
        });
    }

    /** In the end, after quiet. */
    List<String> violations(Map<String, List<Message<String>>> histories, Set<String> subscribers) {
        List<String> all = new ArrayList<>(violations);
        for (String subscriber : subscribers) {
            Set<Id> theirs = seen.getOrDefault(subscriber, Set.of());
            acknowledged.forEach((id, payload) -> {
                if (!theirs.contains(id)) {
                    all.add("1, lost for " + subscriber + ": " + id + " " + payload);
                }
            });
        }
        List<Message<String>> first = null;
        for (Map.Entry<String, List<Message<String>>> history : histories.entrySet()) {
            if (first != null && !first.equals(history.getValue())) {
                all.add("5, another history at " + history.getKey() + ": "
                        + history.getValue().size() + " messages, not " + first.size());
            }
            first = history.getValue();
            Set<String> payloads = new HashSet<>();
            first.forEach(message -> payloads.add(message.payload()));
            if (payloads.size() != first.size()) {
                all.add("3, twice in the history of " + history.getKey());
            }
            acknowledged.values().stream()
                    .filter(payload -> !payloads.contains(payload))
                    .forEach(payload -> all.add("1, not in the history of " + history.getKey() + ": " + payload));
        }
        return all;
    }

    int acknowledged() {
        return acknowledged.size();
    }

    int redeliveries() {
        return redeliveries;
    }
}
