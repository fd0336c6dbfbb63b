package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.keep.Stragglers.Released;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StragglersTest {

    private static final long DELAY = 100;

    private final Stragglers<Long> stragglers = new Stragglers<>(DELAY);

    private List<Released<Long>> come(long time, long nowNanos) {
        return come(time, 1, nowNanos);
    }

    private List<Released<Long>> come(long time, int bytes, long nowNanos) {
        HistoryPosition position =
                new HistoryPosition(new HybridTimestamp(time, 0), new Source(new NodeId(0, 1), 1), time);
        return stragglers.onMessage(position, time, bytes, nowNanos);
    }

    private static List<Released<Long>> inTime(long... times) {
        return LongStream.of(times)
                .mapToObj(time -> new Released<>(time, false))
                .toList();
    }

    @Test
    void are_sorted_in_as_long_as_the_later_one_is_held_back() {
        assertThat(come(20, 0)).isEmpty();
        assertThat(come(10, 50)).isEmpty();
        assertThat(come(30, 60)).isEmpty();
        assertThat(stragglers.nanosLeft(60)).isEqualTo(40);
        assertThat(stragglers.onTime(99)).isEmpty();

        assertThat(stragglers.onTime(100)).isEqualTo(inTime(10, 20));

        assertThat(stragglers.nanosLeft(100)).isEqualTo(60);
        assertThat(stragglers.onTime(160)).isEqualTo(inTime(30));
        assertThat(stragglers.nanosLeft(160)).isNegative();
    }

    @Test
    void that_come_behind_what_was_delivered_are_late() {
        come(20, 0);
        stragglers.onTime(100);

        assertThat(come(10, 101)).containsExactly(new Released<>(10L, true));
        assertThat(come(21, 102)).isEmpty();
    }

    @Test
    void beyond_4096_let_the_first_one_go_before_its_time() {
        IntStream.rangeClosed(1, Stragglers.MAX_MESSAGES)
                .forEach(i -> assertThat(come(10 * i, 0)).isEmpty());

        assertThat(come(5, 1)).isEqualTo(inTime(5));
        assertThat(come(25, 1)).isEqualTo(inTime(10));
        assertThat(come(15, 1)).isEqualTo(inTime(15));
    }

    @Test
    void of_16_MiB_let_the_first_ones_go_before_their_time() {
        for (int i = 1; i <= 16; i++) {
            assertThat(come(i, 1 << 20, 0)).isEmpty();
        }

        assertThat(come(17, 2 << 20, 0)).isEqualTo(inTime(1, 2));
    }

    @Test
    void are_delivered_once_each_in_order_whatever_comes_when() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Stragglers<Long> some = new Stragglers<>(DELAY);
            List<Released<Long>> released = new ArrayList<>();
            List<Long> times = new ArrayList<>(LongStream.range(1, 200).boxed().toList());
            Collections.shuffle(times, random);
            long nowNanos = 0;
            for (long time : times) {
                nowNanos += random.nextInt(20);
                released.addAll(some.onTime(nowNanos));
                released.addAll(some.onMessage(
                        new HistoryPosition(new HybridTimestamp(time, 0), new Source(new NodeId(0, 1), 1), time),
                        time,
                        1,
                        nowNanos));
            }
            released.addAll(some.onTime(nowNanos + DELAY));

            assertThat(released).extracting(Released::message).containsExactlyInAnyOrderElementsOf(times);
            long last = 0;
            for (Released<Long> each : released) {
                assertThat(each.isLate()).isEqualTo(each.message() < last);
                last = Math.max(last, each.message());
            }
        }
    }
}
