package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HybridClockTest {

    private long wallMillis = 1_000_000;
    private final HybridClock clock = new HybridClock(() -> wallMillis);

    private HybridTimestamp next() {
        return HybridTimestamp.ofPacked(clock.next());
    }

    private static long packed(long millis, int counter) {
        return new HybridTimestamp(millis, counter).packed();
    }

    @Test
    void follows_the_wall_clock() {
        assertThat(next()).isEqualTo(new HybridTimestamp(1_000_000, 0));
        wallMillis += 5;
        assertThat(next()).isEqualTo(new HybridTimestamp(1_000_005, 0));
    }

    @Test
    void counts_within_a_millisecond() {
        assertThat(List.of(next(), next(), next()))
                .containsExactly(
                        new HybridTimestamp(1_000_000, 0),
                        new HybridTimestamp(1_000_000, 1),
                        new HybridTimestamp(1_000_000, 2));
    }

    @Test
    void never_goes_back_when_the_wall_clock_does() {
        HybridTimestamp before = next();
        wallMillis -= Duration.ofDays(365).toMillis();
        assertThat(next()).isEqualTo(new HybridTimestamp(before.millis(), 1));
    }

    @Test
    void is_later_than_what_it_has_seen() {
        assertThat(clock.observe(packed(1_000_100, 7))).isEqualTo(100);
        assertThat(next()).isEqualTo(new HybridTimestamp(1_000_100, 8));
    }

    @Test
    void is_not_held_back_by_slow_clocks() {
        assertThat(clock.observe(packed(900_000, 7))).isEqualTo(-100_000);
        assertThat(next()).isEqualTo(new HybridTimestamp(1_000_000, 0));
    }

    @Test
    void believes_five_minutes_and_not_a_millisecond_more() {
        long limit = HybridClock.MAX_DRIFT.toMillis();
        assertThat(clock.observe(packed(wallMillis + limit + 1, 0))).isEqualTo(limit + 1);
        assertThat(next()).isEqualTo(new HybridTimestamp(1_000_000, 0));
        assertThat(clock.observe(packed(wallMillis + limit, 0))).isEqualTo(limit);
        assertThat(next()).isEqualTo(new HybridTimestamp(wallMillis + limit, 1));
    }

    @Test
    void is_not_moved_by_the_largest_number_there_is() {
        clock.observe(-1L);
        assertThat(next()).isEqualTo(new HybridTimestamp(1_000_000, 0));
    }

    @Test
    void carries_a_full_counter_into_the_milliseconds() {
        clock.observe(packed(1_000_000, 65_535));
        assertThat(next()).isEqualTo(new HybridTimestamp(1_000_001, 0));
    }

    @Test
    void orders_causes_before_effects_over_nodes_with_different_clocks() {
        HybridClock ahead = new HybridClock(() -> wallMillis + 60_000);
        List<HybridTimestamp> conversation = new ArrayList<>();
        for (int turn = 0; turn < 10; turn++) {
            long question = ahead.next();
            clock.observe(question);
            long answer = clock.next();
            ahead.observe(answer);
            conversation.add(HybridTimestamp.ofPacked(question));
            conversation.add(HybridTimestamp.ofPacked(answer));
            wallMillis++;
        }
        assertThat(conversation).isSorted().doesNotHaveDuplicates();
    }
}
