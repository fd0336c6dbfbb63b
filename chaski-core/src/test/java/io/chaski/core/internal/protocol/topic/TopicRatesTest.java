package io.chaski.core.internal.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeSnapshot.Rates;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicRatesTest {

    private final TopicRates rates = new TopicRates();
    private long nowNanos = Duration.ofDays(1).toNanos();
    private long published;
    private long delivered;

    private void beatAfter(Duration pause) {
        nowNanos += pause.toNanos();
        rates.onBeat(nowNanos, published, delivered);
    }

    private void pass(int seconds, int publishedEach, int deliveredEach) {
        for (int i = 0; i < seconds; i++) {
            published += publishedEach;
            delivered += deliveredEach;
            beatAfter(Duration.ofSeconds(1));
        }
    }

    @Test
    void are_none_before_the_first_full_second() {
        assertThat(rates.rates()).isEqualTo(Rates.NONE);
        published = 50;
        beatAfter(Duration.ofMillis(30));
        assertThat(rates.rates()).isEqualTo(Rates.NONE);
    }

    @Test
    void are_those_of_its_life_while_a_topic_is_young() {
        beatAfter(Duration.ZERO);
        pass(3, 5, 7);
        assertThat(rates.rates()).isEqualTo(new Rates(Duration.ofSeconds(3), 5, 7));
    }

    @Test
    void are_those_of_the_last_ten_seconds_and_forget_what_was_before() {
        beatAfter(Duration.ZERO);
        pass(30, 1_000, 2_000);
        pass(5, 0, 0);
        assertThat(rates.rates()).isEqualTo(new Rates(Duration.ofSeconds(10), 500, 1_000));
        pass(5, 0, 0);
        assertThat(rates.rates()).isEqualTo(new Rates(Duration.ofSeconds(10), 0, 0));
    }

    @Test
    void count_a_second_that_was_late_at_its_length() {
        beatAfter(Duration.ZERO);
        pass(9, 10, 0);
        published += 110;
        beatAfter(Duration.ofSeconds(11));
        assertThat(rates.rates()).isEqualTo(new Rates(Duration.ofSeconds(20), 10, 0));
    }

    @Test
    void do_not_divide_by_a_clock_that_stands_still() {
        beatAfter(Duration.ZERO);
        published = 5;
        beatAfter(Duration.ZERO);
        assertThat(rates.rates()).isEqualTo(Rates.NONE);
    }
}
