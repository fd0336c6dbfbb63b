package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TickerTest {

    private final ManualLoop loop = new ManualLoop();
    private final List<Long> ticks = new ArrayList<>();
    private long deadlineNanos = Timers.NONE;
    private final Ticker ticker = new Ticker(loop, () -> deadlineNanos, this::onTick);

    private void onTick(long nowNanos) {
        ticks.add(nowNanos);
        if (deadlineNanos <= nowNanos) {
            deadlineNanos = Timers.NONE;
        }
    }

    private void deadlineAt(long millis) {
        deadlineNanos = Duration.ofMillis(millis).toNanos();
        ticker.arm();
    }

    private static long millis(long count) {
        return Duration.ofMillis(count).toNanos();
    }

    @Test
    void it_ticks_at_the_deadline() {
        deadlineAt(5);

        loop.advance(Duration.ofMillis(100));

        assertThat(ticks).containsExactly(millis(5));
    }

    @Test
    void an_earlier_deadline_takes_over() {
        deadlineAt(50);
        deadlineAt(5);

        loop.advance(Duration.ofMillis(100));

        assertThat(ticks).containsExactly(millis(5));
    }

    @Test
    void a_later_deadline_schedules_nothing_until_the_earlier_one_has_passed() {
        deadlineAt(5);
        for (int i = 6; i <= 50; i++) {
            deadlineAt(i);
        }
        assertThat(loop.timesScheduled()).isEqualTo(1);

        loop.advance(Duration.ofMillis(100));

        assertThat(ticks).containsExactly(millis(5), millis(50));
        assertThat(loop.timesScheduled()).isEqualTo(2);
    }

    @Test
    void without_a_deadline_nothing_is_scheduled() {
        ticker.arm();

        assertThat(loop.timesScheduled()).isZero();
    }

    @Test
    void after_it_was_stopped_it_is_silent() {
        deadlineAt(5);
        ticker.stop();
        ticker.arm();

        loop.advance(Duration.ofMillis(100));

        assertThat(ticks).isEmpty();
    }
}
