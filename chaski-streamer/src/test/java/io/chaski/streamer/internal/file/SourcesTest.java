package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
        assertThat(sources.isLiar(A)).isFalse();

        sources.onLie(A);
        sources.onHeard(A, 0);
        sources.onGone(A, 0);

        assertThat(sources.toOpen(Duration.ofDays(1).toNanos())).isEmpty();
        assertThat(sources.isLiar(A)).isTrue();
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

    @Test
    void who_has_nothing_makes_room_for_others_and_each_gets_its_turn() {
        List<NodeId> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            all.add(new NodeId(1, i));
            sources.onHeard(all.get(i), 0);
        }
        Set<NodeId> opened = new LinkedHashSet<>();
        long now = 0;
        List<NodeId> open = sources.toOpen(now);
        assertThat(sources.toReplace(open, now)).as("no time to say anything").isEmpty();
        for (int turn = 0; turn < 4; turn++) {
            opened.addAll(open);
            now += Sources.FAIR_TURN.toNanos();
            assertThat(sources.toReplace(open, now)).containsExactlyElementsOf(open);
            for (NodeId idle : open) {
                sources.onGone(idle, now);
            }
            open = sources.toOpen(now);
        }

        assertThat(opened).containsExactlyElementsOf(all);
    }

    @Test
    void nobody_makes_room_when_nobody_waits_or_there_is_room() {
        sources.onHeard(A, 0);
        sources.toOpen(0);
        assertThat(sources.toReplace(List.of(A), Long.MAX_VALUE / 2)).isEmpty();
        sources.onHeard(B, 0);
        sources.toOpen(0);
        assertThat(sources.toReplace(List.of(A, B), Long.MAX_VALUE / 2)).isEmpty();
    }

    @Test
    void who_offers_the_file_is_remembered_however_many_liars_there_are() {
        for (int i = 0; i < Sources.MAX_KNOWN; i++) {
            NodeId liar = new NodeId(9, i);
            sources.onHeard(liar, 0);
            sources.toOpen(0);
            sources.onLie(liar);
        }

        sources.onHeard(A, 0);
        assertThat(sources.toOpen(0)).isEmpty();
        sources.onPublisher(A, 0);
        assertThat(sources.toOpen(0)).containsExactly(A);
    }

    @Test
    void of_those_that_were_lost_one_is_forgotten_at_a_time_and_none_that_offers() {
        sources.onPublisher(A, 0);
        for (int i = 1; i < Sources.MAX_KNOWN; i++) {
            sources.onHeard(new NodeId(9, i), 0);
        }
        sources.toOpen(0);
        sources.onGone(A, 0);
        sources.onGone(new NodeId(9, 1), 0);

        sources.onHeard(B, 0);
        sources.onHeard(C, 0);

        List<NodeId> open = new ArrayList<>();
        for (List<NodeId> more = sources.toOpen(REST); !more.isEmpty(); more = sources.toOpen(REST)) {
            open.addAll(more);
            more.forEach(sources::onLie);
        }
        assertThat(open).hasSize(Sources.MAX_KNOWN).contains(A, B).doesNotContain(C, new NodeId(9, 1));
    }
}
