package io.chaski.testkit.internal.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EventQueueTest {

    private final EventQueue queue = new EventQueue();
    private final List<String> happened = new ArrayList<>();

    @Test
    void events_happen_in_the_order_of_their_times() {
        queue.at(30, () -> happened.add("third"));
        queue.at(10, () -> happened.add("first"));
        queue.at(20, () -> happened.add("second"));
        runAll();
        assertThat(happened).containsExactly("first", "second", "third");
    }

    @Test
    void events_of_one_moment_happen_in_the_order_they_were_added() {
        for (int i = 0; i < 100; i++) {
            int number = i;
            queue.at(7, () -> happened.add("event " + number));
        }
        runAll();
        assertThat(happened).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(happened.get(i)).isEqualTo("event " + i);
        }
    }

    @Test
    void an_event_in_the_past_happens_now() {
        queue.at(50, () -> queue.at(10, () -> happened.add("at " + queue.nowNanos())));
        runAll();
        assertThat(happened).containsExactly("at 50");
    }

    @Test
    void time_moves_to_the_limit_when_nothing_is_due() {
        queue.at(100, () -> happened.add("late"));
        assertThat(queue.step(99)).isFalse();
        assertThat(queue.nowNanos()).isEqualTo(99);
        assertThat(queue.step(100)).isTrue();
        assertThat(happened).containsExactly("late");
    }

    @Test
    void ten_thousand_random_events_come_out_sorted() {
        record Entry(long time, int order) {}
        Random random = new Random(5);
        List<Entry> added = new ArrayList<>();
        List<Entry> seen = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Entry entry = new Entry(random.nextInt(1_000), i);
            added.add(entry);
            queue.at(entry.time, () -> seen.add(entry));
        }
        runAll();
        added.sort(Comparator.comparingLong(Entry::time).thenComparingInt(Entry::order));
        assertThat(seen).isEqualTo(added);
    }

    private void runAll() {
        while (queue.step(Long.MAX_VALUE - 1)) {
            // One event at a time.
        }
    }
}
