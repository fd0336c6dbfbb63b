package io.chaski.ca.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.internal.node.RenewalSchedule.Step;
import io.chaski.core.security.RenewalAlarm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A day in milliseconds, with clocks that jump. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RenewalScheduleTest {

    private static final Instant BEGIN = Instant.parse("2026-11-26T12:00:00Z");
    private static final Instant END = BEGIN.plus(Duration.ofDays(1));

    private Instant time = BEGIN;
    private long nanos = -5;
    private final List<Instant> asked = new ArrayList<>();
    private final List<RenewalAlarm> alarms = new ArrayList<>();
    private RenewalSchedule schedule = new RenewalSchedule(BEGIN, END, new Random(70));

    /** What a thread does that looks, asks in vain, and waits. */
    private void runUntil(Instant until, Duration retryAfter) {
        while (time.isBefore(until)) {
            Step step = schedule.next(time, nanos);
            step.alarm().ifPresent(alarms::add);
            if (step.isDue()) {
                asked.add(time);
                schedule.onFailure(time, nanos, retryAfter);
            } else {
                assertThat(step.pause()).isBetween(Duration.ofNanos(1), RenewalSchedule.LOOK);
                advance(step.pause());
            }
        }
    }

    private void advance(Duration duration) {
        time = time.plus(duration);
        nanos += duration.toNanos();
    }

    @Nested
    class While_all_is_well {
        @Test
        void it_asks_once_at_two_thirds_or_a_little_later() {
            for (int seed = 0; seed < 50; seed++) {
                time = BEGIN;
                schedule = new RenewalSchedule(BEGIN, END, new Random(seed));
                Step step = schedule.next(time, nanos);
                while (!step.isDue()) {
                    advance(step.pause());
                    step = schedule.next(time, nanos);
                }
                assertThat(time)
                        .isBetween(BEGIN.plus(Duration.ofHours(16)), BEGIN.plus(Duration.ofMinutes(16 * 60 + 74)));
                assertThat(step.alarm()).isEmpty();

                schedule.onCertificate(time, time.plus(Duration.ofDays(1)));
                assertThat(schedule.next(time, nanos)).isEqualTo(new Step(false, step.alarm(), RenewalSchedule.LOOK));
            }
        }
    }

    @Nested
    class While_the_authority_is_away {
        @Test
        void it_asks_ever_less_often_until_the_end_comes_near() {
            runUntil(END, Duration.ZERO);

            assertThat(asked).hasSizeBetween(20, 120);
            assertThat(asked.get(0)).isBetween(BEGIN.plus(Duration.ofHours(16)), BEGIN.plus(Duration.ofHours(18)));
            for (int i = 1; i < asked.size(); i++) {
                assertThat(Duration.between(asked.get(i - 1), asked.get(i)))
                        .isLessThanOrEqualTo(RenewalTime.LONGEST_PAUSE);
            }
        }

        @Test
        void each_alarm_is_told_once_and_in_time() {
            runUntil(BEGIN.plus(Duration.ofHours(19)), Duration.ZERO);
            assertThat(alarms).isEmpty();
            runUntil(BEGIN.plus(Duration.ofMinutes(19 * 60 + 15)), Duration.ZERO);
            assertThat(alarms).containsExactly(RenewalAlarm.LATE);
            runUntil(BEGIN.plus(Duration.ofMinutes(21 * 60 + 40)), Duration.ZERO);
            assertThat(alarms).containsExactly(RenewalAlarm.LATE, RenewalAlarm.CRITICAL);
            runUntil(END.plus(Duration.ofHours(10)), Duration.ZERO);
            assertThat(alarms).containsExactly(RenewalAlarm.LATE, RenewalAlarm.CRITICAL, RenewalAlarm.ENDED);
        }

        @Test
        void it_asks_for_a_day_after_the_end_and_then_never() {
            runUntil(END.plus(Duration.ofDays(3)), Duration.ZERO);

            Instant last = asked.get(asked.size() - 1);
            assertThat(last).isBetween(END.plus(Duration.ofHours(23)), END.plus(Duration.ofDays(1)));
        }

        @Test
        void it_waits_as_long_as_the_authority_has_asked_for() {
            runUntil(END, Duration.ofHours(1));

            for (int i = 1; i < asked.size(); i++) {
                assertThat(Duration.between(asked.get(i - 1), asked.get(i)))
                        .isGreaterThanOrEqualTo(Duration.ofHours(1));
            }
            assertThat(asked).hasSizeBetween(6, 9);
        }

        /** With 30 minutes between tries, a life of 5 would end before the second. */
        @Test
        void a_short_life_has_short_pauses() {
            Instant soon = BEGIN.plus(Duration.ofMinutes(5));
            schedule = new RenewalSchedule(BEGIN, soon, new Random(71));

            runUntil(soon, Duration.ZERO);

            assertThat(asked).hasSizeGreaterThan(5);
        }
    }

    @Nested
    class When_the_clock_jumps {
        @Test
        void ahead_to_the_last_third_it_asks_within_a_minute() {
            runUntil(BEGIN.plus(Duration.ofHours(2)), Duration.ZERO);
            time = BEGIN.plus(Duration.ofHours(18));
            Instant jumped = time;

            runUntil(time.plus(Duration.ofMinutes(2)), Duration.ofHours(1));

            assertThat(asked).hasSize(1);
            assertThat(asked.get(0)).isBetween(jumped, jumped.plus(RenewalSchedule.LOOK));
        }

        @Test
        void a_year_ahead_and_back_nothing_is_lost() {
            runUntil(BEGIN.plus(Duration.ofHours(2)), Duration.ZERO);
            time = time.plus(Duration.ofDays(365));
            runUntil(time.plus(Duration.ofHours(1)), Duration.ZERO);
            assertThat(asked).isEmpty();
            assertThat(alarms).containsExactly(RenewalAlarm.ENDED);

            time = BEGIN.plus(Duration.ofHours(15));
            runUntil(BEGIN.plus(Duration.ofHours(18)), Duration.ZERO);
            assertThat(asked).isNotEmpty();
        }

        @Test
        void before_the_begin_it_tells_so_and_asks_nobody() {
            time = BEGIN.minus(Duration.ofDays(400));
            runUntil(time.plus(Duration.ofHours(1)), Duration.ZERO);
            assertThat(asked).isEmpty();
            assertThat(alarms).containsExactly(RenewalAlarm.NOT_YET_VALID);

            time = BEGIN.plus(Duration.ofHours(1));
            runUntil(BEGIN.plus(Duration.ofHours(2)), Duration.ZERO);
            time = BEGIN.minus(Duration.ofDays(1));
            runUntil(time.plus(Duration.ofHours(1)), Duration.ZERO);
            assertThat(alarms).containsExactly(RenewalAlarm.NOT_YET_VALID, RenewalAlarm.NOT_YET_VALID);
        }

        /** Pauses go by the other clock: one set back by a year would otherwise stop the renewal for that long. */
        @Test
        void back_within_a_pause_the_pause_stays_as_it_is() {
            runUntil(BEGIN.plus(Duration.ofHours(19)), Duration.ZERO);
            int before = asked.size();
            time = BEGIN.plus(Duration.ofHours(18));

            runUntil(BEGIN.plus(Duration.ofHours(19)), Duration.ZERO);

            assertThat(asked).hasSizeGreaterThan(before);
        }
    }
}
