package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.durable.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReadingTest {

    private static final NodeId BOB = new NodeId(0, 1);
    private static final long NOW = 1_000_000;

    private final Reading reading = new Reading(Map.of(), Map.of(), true, 0);

    private List<Reading.Change> hear(NodeId origin, long epoch, long sequence) {
        Source source = new Source(origin, epoch);
        List<Reading.Change> changes = reading.onSource(source, NOW);
        reading.onHandled(source, sequence);
        return changes;
    }

    private static Source bob(long epoch) {
        return new Source(BOB, epoch);
    }

    @Test
    void a_33rd_life_passes_the_one_that_was_silent_for_longest() {
        for (int life = 1; life <= 32; life++) {
            assertThat(hear(BOB, life, 1)).isEmpty();
        }
        hear(BOB, 1, 2);

        assertThat(hear(BOB, 33, 1)).containsExactly(new Reading.Change(bob(2), Reading.PASSED));
        assertThat(hear(BOB, 34, 1))
                .containsExactly(new Reading.Change(bob(3), Reading.PASSED), new Reading.Change(bob(2), 0));

        assertThat(reading.isOld(bob(1), 3)).isFalse();
        assertThat(reading.isOld(bob(2), 2)).isTrue();
        assertThat(reading.isOld(bob(3), 2)).isTrue();
        assertThat(reading.isOld(bob(4), 2)).isFalse();
        assertThat(reading.place()).hasSize(33).doesNotContainKey(bob(2));
    }

    @Test
    void lives_ahead_of_the_clock_pass_nobody_and_may_have_come_before() {
        hear(BOB, 5, 1);
        for (int life = 1; life <= 20; life++) {
            hear(BOB, NOW + life, 1);
        }

        assertThat(reading.isOld(bob(5), 2)).isFalse();
        assertThat(reading.isOld(bob(6), 1)).isFalse();
        assertThat(reading.isOld(bob(NOW + 1), 1)).isFalse();
        assertThat(reading.onSource(bob(NOW + 1), NOW)).containsExactly(new Reading.Change(bob(NOW + 13), 0));
        assertThat(reading.onTry(bob(NOW + 1), 1)).isTrue();
        assertThat(reading.onTry(bob(5), 2)).isFalse();
    }

    @Test
    void more_sources_than_a_keeper_has_are_not_remembered() {
        for (int i = 0; i <= Feed.MAX_SOURCES; i++) {
            hear(new NodeId(9, i), 100 + i, 1);
        }
        Source first = new Source(new NodeId(9, 0), 100);

        assertThat(reading.place()).hasSize(Feed.MAX_SOURCES);
        assertThat(reading.isOld(first, 1)).isFalse();
        reading.onSource(first, NOW);
        assertThat(reading.onTry(first, 1)).isTrue();
        Source later = new Source(BOB, 101);
        reading.onSource(later, NOW);
        assertThat(reading.onTry(later, 1)).isFalse();
    }
}
