package io.chaski.streamer.internal.durable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entries that become durable together (group commit; DeWitt et al., "Implementation Techniques for Main Memory Database
 * Systems", 1984, section 5), and those that wait for them because they say the same. Confined to the thread that writes.
 */
final class Group {

    private final List<Waiting> waiting = new ArrayList<>();
    private final List<LogEntry> entries = new ArrayList<>();
    private final Map<Source, Map<Long, KeptMessage>> messages = new HashMap<>();
    private int messageCount;
    private int lengthBytes;

    /** What will be answered, and where, when the group is durable. */
    private record Waiting(int index, LogEntry entry, Appended answer) {}

    /** Adds an entry that is to be written. */
    void add(int index, LogEntry entry) {
        waiting.add(new Waiting(index, entry, Appended.STORED));
        entries.add(entry);
        lengthBytes += RecordFormat.lengthBytes(entry);
        if (entry instanceof KeptMessage message) {
            messages.computeIfAbsent(message.source(), source -> new HashMap<>())
                    .put(message.sequence(), message);
            messageCount++;
        }
    }

    /** Whether it need not be written, since this group has a message of the same source and sequence; it is answered then. */
    boolean answers(int index, LogEntry entry) {
        KeptMessage first = entry instanceof KeptMessage message ? message(message) : null;
        if (first == null) {
            return false;
        }
        waiting.add(new Waiting(index, entry, first.equals(entry) ? Appended.DUPLICATE : Appended.CONFLICT));
        return true;
    }

    private @Nullable KeptMessage message(KeptMessage same) {
        Map<Long, KeptMessage> ofSource = messages.get(same.source());
        return ofSource == null ? null : ofSource.get(same.sequence());
    }

    List<LogEntry> entries() {
        return entries;
    }

    int messages() {
        return messageCount;
    }

    int lengthBytes() {
        return lengthBytes;
    }

    /** Answers all. */
    void succeed(Outcome[] outcomes) {
        for (Waiting each : waiting) {
            outcomes[each.index] = Outcome.of(each.answer);
        }
    }

    /** Refuses the messages, and returns a group of all others. */
    Group refuseMessages(Outcome[] outcomes, TopicStoreException refusal) {
        Group others = new Group();
        for (Waiting each : waiting) {
            if (each.entry instanceof KeptMessage) {
                outcomes[each.index] = Outcome.refused(refusal);
            } else {
                others.add(each.index, each.entry);
            }
        }
        return others;
    }

    /** Refuses all. */
    void refuse(Outcome[] outcomes, TopicStoreException refusal) {
        for (Waiting each : waiting) {
            outcomes[each.index] = Outcome.refused(refusal);
        }
    }
}
