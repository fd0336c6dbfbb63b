package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PatienceTest {

    private final List<Long> waits = new ArrayList<>();
    private long nowNanos = 1_000;

    @AfterEach
    void forgetTheInterrupt() {
        Thread.interrupted();
    }

    @Test
    void one_who_was_interrupted_before_waits_all_the_same_and_is_interrupted_afterwards() {
        Thread.currentThread().interrupt();
        Patience patience = new Patience(() -> nowNanos);

        assertThat(patience.<String>await(this::waitForIt, 100)).isEqualTo("it");
        assertThat(waits).containsExactly(100L);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        patience.giveBack();
        assertThat(Thread.interrupted()).isTrue();
    }

    private String waitForIt(long timeoutNanos) {
        waits.add(timeoutNanos);
        return "it";
    }

    @Test
    void one_who_is_interrupted_meanwhile_waits_for_the_rest_of_the_time() {
        Patience patience = new Patience(() -> nowNanos);

        String waited = patience.await(
                timeoutNanos -> {
                    waits.add(timeoutNanos);
                    nowNanos += 40;
                    if (waits.size() == 1) {
                        throw new InterruptedException();
                    }
                    if (waits.size() == 2) {
                        Thread.currentThread().interrupt(); // the other way to say so
                        return "cut short";
                    }
                    return "it";
                },
                100);

        assertThat(waited).isEqualTo("it");
        assertThat(waits).containsExactly(100L, 60L, 20L);
        patience.giveBack();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void one_whose_time_is_over_only_looks() {
        Patience patience = new Patience(() -> nowNanos);

        patience.<String>await(
                timeoutNanos -> {
                    waits.add(timeoutNanos);
                    nowNanos += 500;
                    if (waits.size() == 1) {
                        throw new InterruptedException();
                    }
                    return "it";
                },
                100);

        assertThat(waits).containsExactly(100L, 0L);
    }

    @Test
    void one_who_is_not_interrupted_is_not_interrupted_afterwards() {
        new Patience(() -> nowNanos).giveBack();

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
