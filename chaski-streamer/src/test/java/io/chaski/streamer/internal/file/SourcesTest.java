package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SourcesTest {

    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);
    private static final long REST = Sources.FIRST_REST.toNanos();

    private final Sources sources = new Sources(2);

    @Test
    void as_many_are_turned_to_as_allowed_and_the_next_when_one_is_gone() {
        sources.onHeard(A, 0);
        sources.onHeard(B, 0);
        sources.onHeard(C, 0);
        assertThat(sources.toOpen(0)).containsExactly(A, B);
        assertThat(sources.toOpen(0)).isEmpty();

        sources.onGone(A, 0);

        assertThat(sources.toOpen(0)).containsExactly(C);
    }

    @Test
    void one_that_is_lost_again_and_again_rests_longer_and_longer() {
        sources.onHeard(A, 0);
        long now = 0;
        for (long rest : new long[] {REST, 2 * REST, 4 * REST, 8 * REST, 16 * REST, 32 * REST, 32 * REST}) {
            assertThat(sources.toOpen(now)).containsExactly(A);
            sources.onGone(A, now);
            assertThat(sources.toOpen(now + rest - 1)).isEmpty();
            now += rest;
        }
    }

    @Test
    void one_that_says_it_is_back_need_not_rest_nor_one_that_has_given_something() {
        sources.onHeard(A, 0);
        assertThat(sources.toOpen(0)).containsExactly(A);
        sources.onGone(A, 0);
        sources.onHeard(A, 1);
        assertThat(sources.toOpen(1)).containsExactly(A);
        sources.onGood(A);
        sources.onGone(A, 1);
        assertThat(sources.toOpen(1 + REST)).containsExactly(A);
    }

    @Test
    void a_liar_is_never_turned_to_again_whatever_it_says() {
        sources.onHeard(A, 0);
        assertThat(sources.toOpen(0)).containsExactly(A);
        assertThat(sources.hasLiar()).isFalse();

        sources.onLie(A);
        sources.onHeard(A, 0);
        sources.onGone(A, 0);

        assertThat(sources.toOpen(Duration.ofDays(1).toNanos())).isEmpty();
        assertThat(sources.hasLiar()).isTrue();
    }

    @Test
    void a_flood_of_names_is_not_remembered_and_takes_no_place_of_who_is_of_use() {
        sources.onHeard(A, 0);
        for (int i = 0; i < 10_000; i++) {
            sources.onHeard(new NodeId(9, i), 0);
        }
        assertThat(sources.toOpen(0)).hasSize(2).contains(A);
        sources.onGone(new NodeId(9, 0), 0);
        sources.onHeard(B, 0);
        assertThat(sources.toOpen(0)).hasSize(1);
    }
}
