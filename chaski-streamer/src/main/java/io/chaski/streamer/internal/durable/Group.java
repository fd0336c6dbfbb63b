package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Entries that become durable together (group commit; DeWitt et al., "Implementation Techniques for Main Memory Database
 * Systems", 1984, section 5), and those that wait for them because they say the same. Each is judged by what will be known
 * when those before it are durable, so that they are answered as if each had been written alone. Confined to the thread that
 * writes.
 */
final class Group {

    private final List<Waiting> waiting = new ArrayList<>();
    private final List<LogEntry> entries = new ArrayList<>();
    private final Map<Source, Map<Long, KeptMessage>> messages = new HashMap<>();
    private final Positions before;
    private @Nullable Positions after; // when something changes it
    private int messageCount;
    private int lengthBytes;

    /** What will be answered, and where, when the group is durable. */
    private record Waiting(int index, LogEntry entry, Appended answer) {}

    /**
     * An empty one.
     *
     * @param before what is known without it; not changed
     */
    Group(Positions before) {
        this.before = before;
    }

    private Positions positions() {
        return after == null ? before : after;
    }

    /** Why an entry that is not a message must be refused; null if it need not. */
    @Nullable
    String objection(LogEntry entry) {
        return positions().objection(entry);
    }

    /** Adds an entry that is to be written. */
    void add(int index, LogEntry entry) {
        waiting.add(new Waiting(index, entry, Appended.STORED));
        entries.add(entry);
        lengthBytes += RecordFormat.lengthBytes(entry);
        if (entry instanceof KeptMessage message) {
            messages.computeIfAbsent(message.source(), source -> new HashMap<>())
                    .put(message.sequence(), message);
            messageCount++;
        } else {
            after = after == null ? before.copy() : after;
            after.apply(entry);
        }
    }

    /**
     * Whether it need not be written: this group has a message of the same source and sequence, or it would change nothing.
     * It is answered with the others then.
     */
    boolean answers(int index, LogEntry entry) {
        Appended answer = entry instanceof KeptMessage message ? repeated(message) : repeated(entry);
        if (answer != null) {
            waiting.add(new Waiting(index, entry, answer));
        }
        return answer != null;
    }

    private @Nullable Appended repeated(LogEntry entry) {
        return positions().knows(entry) ? Appended.STORED : null;
    }

    private @Nullable Appended repeated(KeptMessage message) {
        Map<Long, KeptMessage> ofSource = messages.get(message.source());
        KeptMessage first = ofSource == null ? null : ofSource.get(message.sequence());
        if (first == null) {
            return null;
        }
        return first.equals(message) ? Appended.DUPLICATE : Appended.CONFLICT;
    }

    List<LogEntry> entries() {
        return entries;
    }

    /** Whose messages are in it. */
    Set<Source> sources() {
        return messages.keySet();
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
        Group others = new Group(before);
        for (Waiting each : waiting) {
            if (each.entry instanceof KeptMessage) {
                outcomes[each.index] = Outcome.refused(refusal);
            } else if (!others.answers(each.index, each.entry)) {
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
