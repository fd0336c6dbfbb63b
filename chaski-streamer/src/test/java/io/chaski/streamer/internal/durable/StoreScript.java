package io.chaski.streamer.internal.durable;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.streamer.TopicStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A run of a log with everything that happens to one: groups of messages in and out of order, repeated ones and contradicting
 * ones, cursors, rolls, trims, the passing of time, closing and opening. The same seed gives the same run. Writes down what was
 * asked and answered when, as steps of the disk. Confined to one thread.
 */
final class StoreScript {

    /** Segments of 4 KiB. */
    static final Retention SMALL = new Retention(Retention.LEAST_BYTES, 1_600, Duration.ofHours(1));

    private static final List<Source> SOURCES =
            List.of(new Source(new NodeId(1, 2), 7), new Source(new NodeId(3, 4), 1), new Source(new NodeId(3, 4), 2));
    private static final List<String> CONSUMERS = List.of("archive", "screen");

    private final FaultFs disk;
    private final Random random;
    private final StoreClock clock = new StoreClock();
    private final TopicStoreOptions options;
    private final List<Event> events = new ArrayList<>();
    private final long[] next = {1, 1, 1};
    private TopicLog log;

    /** When something was asked or answered, counted in steps of the disk; without an outcome it was asked. */
    record Event(int step, LogEntry entry, Outcome outcome) {

        void tell(TopicModel model) {
            if (outcome == null) {
                model.onAsked(entry);
                return;
            }
            if (outcome.refusal() == null) {
                model.onAnswered(entry, outcome.answer());
            } else if (outcome.refusal().problem() != TopicStoreException.Problem.FAILED) {
                model.onRefused(entry);
            }
        }
    }

    StoreScript(FaultFs disk, long seed, int reserveBytes) {
        this.disk = disk;
        this.random = new Random(seed);
        this.options = new TopicStoreOptions(SMALL, 0, reserveBytes, clock);
        this.log = TopicLog.open(disk, options);
    }

    FaultFs disk() {
        return disk;
    }

    TopicStoreOptions options() {
        return options;
    }

    List<Event> events() {
        return events;
    }

    TopicLog log() {
        return log;
    }

    /** Half of the retention: what stays in any case, since what was on disk before a kill and not acknowledged has room, too. */
    static TopicModel model() {
        return new TopicModel(SMALL.maxBytes() / 2);
    }

    void run(int operations) {
        for (int i = 0; i < operations; i++) {
            operation();
        }
    }

    /** Writes until there are so many segments. */
    void fill(int segments) {
        for (int groups = 0; log.contents().segments().size() < segments; groups++) {
            if (groups > 100 * segments) {
                throw new AssertionError("there are never " + segments + " segments");
            }
            write(messages(2));
        }
    }

    void passMonths() {
        clock.advance(Duration.ofDays(60));
    }

    void reopen() {
        log.close();
        log = TopicLog.open(disk, options);
    }

    private void operation() {
        int dice = random.nextInt(100);
        if (dice < 70) {
            write(messages(1 + random.nextInt(6)));
        } else if (dice < 85) {
            write(cursors());
        } else if (dice < 90) {
            List<LogEntry> mixed = new ArrayList<>(messages(2));
            mixed.addAll(cursors());
            write(mixed);
        } else if (dice < 97) {
            clock.advance(Duration.ofMillis(random.nextInt(1_500)));
            log.tick();
        } else if (dice < 99) {
            log.trim();
        } else {
            reopen();
        }
    }

    void write(List<LogEntry> entries) {
        entries.forEach(entry -> events.add(new Event(disk.steps(), entry, null)));
        Outcome[] outcomes = log.write(entries);
        for (int i = 0; i < outcomes.length; i++) {
            events.add(new Event(disk.steps(), entries.get(i), outcomes[i]));
        }
    }

    List<LogEntry> messages(int count) {
        List<LogEntry> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int source = random.nextInt(SOURCES.size());
            int dice = random.nextInt(20);
            if (dice == 0 && next[source] > 1) {
                messages.add(message(
                        source, 1 + random.nextInt((int) next[source] - 1), 0)); // again, or one that was left out
            } else if (dice == 1 && next[source] > 1) {
                messages.add(message(source, 1 + random.nextInt((int) next[source] - 1), 1)); // says something else
            } else {
                next[source] += dice == 2 ? 2 : 0; // leaves some out
                messages.add(message(source, next[source]++, 0));
            }
        }
        return messages;
    }

    private static KeptMessage message(int source, long sequence, int version) {
        byte[] body = new byte[new Random(sequence * 31 + source).nextInt(500)];
        new Random(sequence * 7 + source * 3L + version).nextBytes(body);
        long millis = StoreClock.START_MILLIS + sequence / 3 * 3; // often the same as that of others
        return KeptMessage.of(SOURCES.get(source), sequence, new HybridTimestamp(millis, 0), body);
    }

    private List<LogEntry> cursors() {
        List<LogEntry> cursors = new ArrayList<>();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            cursors.add(cursor());
        }
        return cursors;
    }

    private LogEntry cursor() {
        int source = random.nextInt(SOURCES.size());
        String consumer = CONSUMERS.get(random.nextInt(CONSUMERS.size()));
        return switch (random.nextInt(6)) {
            case 0 -> new ConsumerEnd(consumer);
            case 1 -> new CursorMove(consumer, SOURCES.get(source), 0);
            default -> new CursorMove(consumer, SOURCES.get(source), Math.max(1, next[source] - random.nextInt(9)));
        };
    }
}
