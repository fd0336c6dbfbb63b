package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReplayWindowTest {

    private final ReplayWindow window = new ReplayWindow();

    private boolean takes(long seq) {
        if (window.isTooOld(seq) || window.isTaken(seq)) {
            return false;
        }
        window.take(seq);
        return true;
    }

    @Test
    void row_80_a_number_counts_once() {
        assertThat(takes(5)).isTrue();
        assertThat(takes(5)).isFalse();
        assertThat(takes(4)).isTrue();
        assertThat(takes(4)).isFalse();
    }

    @Test
    void zero_is_no_number() {
        assertThat(takes(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1_024, 1_025, 1_087, 1_088, 1_089, 1L << 23})
    void row_81_what_1_024_numbers_have_overtaken_is_too_old(long highest) {
        assertThat(takes(highest)).isTrue();

        assertThat(window.isTooOld(highest - 1_024)).isTrue();
        assertThat(window.isTooOld(highest - 1_023)).isFalse();
        for (long seq = highest - 1_023; seq < highest; seq++) {
            assertThat(takes(seq)).as("%d, the first time", seq).isTrue();
            assertThat(takes(seq)).as("%d, the second time", seq).isFalse();
        }
    }

    @Test
    void it_remembers_what_a_list_of_all_numbers_would() {
        for (long seed = 0; seed < 20; seed++) {
            compareWithAList(new Random(seed), seed);
        }
    }

    private static void compareWithAList(Random random, long seed) {
        ReplayWindow window = new ReplayWindow();
        Set<Long> taken = new HashSet<>();
        taken.add(0L);
        long highest = 0;
        for (int i = 0; i < 5_000; i++) {
            int reach = random.nextInt(100) == 0 ? 5_000 : 1_200;
            long seq = Math.max(0, highest - 1_100 + random.nextInt(reach));
            boolean isTooOld = seq <= highest - 1_024;
            assertThat(window.isTooOld(seq)).as("seed %d, step %d", seed, i).isEqualTo(isTooOld);
            if (!isTooOld) {
                assertThat(window.isTaken(seq)).as("seed %d, step %d", seed, i).isEqualTo(taken.contains(seq));
                window.take(seq);
                taken.add(seq);
                highest = Math.max(highest, seq);
            }
        }
    }
}
