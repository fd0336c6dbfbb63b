package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Entries that become durable together are answered as if each had been written alone. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OneGroupTest {

    private static final int SCRIPTS = 100;

    private final TopicStoreOptions options =
            new TopicStoreOptions(new Retention(16 << 20, 20_000, Retention.FOREVER), 0, 0, new StoreClock());
    private final FaultFs disk = new FaultFs();
    private TopicLog log = TopicLog.open(disk, options);

    @AfterEach
    void close() {
        log.close();
    }

    private static Source source(int number) {
        return new Source(new NodeId(number, 1), 1);
    }

    private static KeptMessage message(int source, long sequence, int version) {
        HybridTimestamp timestamp = new HybridTimestamp(StoreClock.START_MILLIS, 0);
        return KeptMessage.of(source(source), sequence, timestamp, new byte[version]);
    }

    private static CursorMove move(String consumer, int source, long sequence) {
        return new CursorMove(consumer, source(source), sequence);
    }

    private List<String> write(List<? extends LogEntry> entries) {
        return Stream.of(log.write(List.copyOf(entries)))
                .map(OneGroupTest::words)
                .toList();
    }

    private static String words(Outcome outcome) {
        return (outcome.refusal() == null ? outcome.answer() : outcome.refusal().problem()).name();
    }

    private void reopen() {
        log.close();
        log = TopicLog.open(disk, options);
    }

    @Test
    void a_consumer_that_ends_right_after_it_has_begun_is_gone() {
        assertThat(write(List.of(move("screen", 1, 5), new ConsumerEnd("screen"))))
                .containsExactly("STORED", "STORED");
        assertThat(log.contents().positions().consumers()).isEmpty();
    }

    @Test
    void a_consumer_that_begins_again_right_after_its_end_has_its_new_cursor() {
        write(List.of(move("screen", 1, 5), move("screen", 2, 5)));
        assertThat(write(List.of(new ConsumerEnd("screen"), move("screen", 1, 3))))
                .containsExactly("STORED", "STORED");
        assertThat(log.contents().positions().cursor("screen")).containsOnlyKeys(source(1));
        assertThat(log.contents().positions().cursor("screen")).containsValue(3L);
    }

    @Test
    void groups_at_random_are_as_their_entries_alone() throws Exception {
        for (int script = 0; script < SCRIPTS; script++) {
            Random random = new Random(script);
            List<List<LogEntry>> groups = List.of(entries(random), entries(random), entries(random));
            try (TopicLog alone = TopicLog.open(new FaultFs(), options);
                    TopicLog together = TopicLog.open(new FaultFs(), options)) {
                for (List<LogEntry> group : groups) {
                    List<String> expected = group.stream()
                            .map(entry -> words(alone.write(List.of(entry))[0]))
                            .toList();
                    List<String> answers = Stream.of(together.write(group))
                            .map(OneGroupTest::words)
                            .toList();
                    assertThat(answers).as("script %d, %s", script, groups).isEqualTo(expected);
                    assertThat(StoreView.of(together.contents()))
                            .as("script %d, %s", script, groups)
                            .isEqualTo(StoreView.of(alone.contents()));
                }
            }
        }
    }

    private static List<LogEntry> entries(Random random) {
        List<LogEntry> entries = new ArrayList<>();
        for (int left = 1 + random.nextInt(6); left > 0; left--) {
            String consumer = random.nextBoolean() ? "archive" : "screen";
            int source = random.nextInt(2);
            switch (random.nextInt(4)) {
                case 0 -> entries.add(message(source, 1 + random.nextInt(3), random.nextInt(2)));
                case 1 -> entries.add(new ConsumerEnd(consumer));
                default -> entries.add(move(consumer, source, random.nextInt(5)));
            }
        }
        return entries;
    }

    @Test
    void a_cursor_that_is_far_enough_by_one_under_way_fails_with_it() {
        disk.failOn(step -> step instanceof FaultFs.Forced);
        assertThat(write(List.of(move("screen", 1, 5), move("screen", 1, 3)))).containsExactly("FAILED", "FAILED");
        disk.failOn(step -> false);
    }

    @Test
    void more_sources_than_are_kept_are_refused() throws Exception {
        List<LogEntry> entries = new ArrayList<>();
        IntStream.rangeClosed(0, Contents.MAX_SOURCES).forEach(source -> entries.add(message(source, 1, 0)));
        entries.add(message(0, 2, 0));
        List<String> answers = write(entries);
        assertThat(answers.subList(0, Contents.MAX_SOURCES)).containsOnly("STORED");
        assertThat(answers.subList(Contents.MAX_SOURCES, entries.size())).containsExactly("TOO_MANY", "STORED");
        assertThat(log.contents().holdings()).hasSize(Contents.MAX_SOURCES);
    }

    @Test
    void more_consumers_than_are_known_are_refused_until_one_ends() {
        List<LogEntry> entries = new ArrayList<>();
        IntStream.rangeClosed(0, Positions.MAX_CONSUMERS).forEach(i -> entries.add(move("consumer " + i, 1, 1)));
        entries.add(new ConsumerEnd("consumer 0"));
        entries.add(move("one more", 1, 1));
        List<String> answers = write(entries);
        assertThat(answers.subList(0, Positions.MAX_CONSUMERS)).containsOnly("STORED");
        assertThat(answers.subList(Positions.MAX_CONSUMERS, entries.size()))
                .containsExactly("TOO_MANY", "STORED", "STORED");
        reopen();
        assertThat(log.contents().positions().consumers())
                .hasSize(Positions.MAX_CONSUMERS)
                .contains("one more");
    }

    @Test
    void more_cursors_than_are_known_are_refused_until_one_is_forgotten() {
        List<LogEntry> entries = new ArrayList<>();
        IntStream.rangeClosed(0, Positions.MAX_CURSORS).forEach(source -> entries.add(move("screen", source, 1)));
        entries.add(move("screen", 0, 0));
        entries.add(move("screen", Positions.MAX_CURSORS, 1));
        List<String> answers = write(entries);
        assertThat(answers.subList(0, Positions.MAX_CURSORS)).containsOnly("STORED");
        assertThat(answers.subList(Positions.MAX_CURSORS, entries.size()))
                .containsExactly("TOO_MANY", "STORED", "STORED");
        assertThat(log.contents().positions().cursor("screen")).hasSize(Positions.MAX_CURSORS);
    }
}
