package io.chaski.core.internal.protocol.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SeqSetTest {

    @Test
    void numbers_in_order_only_raise_the_floor() {
        SeqSet set = new SeqSet(0);
        for (long seq = 1; seq <= 1_000; seq++) {
            set.add(seq, 0);
        }
        assertThat(set.floor()).isEqualTo(1_000);
        assertThat(set.intervals()).isZero();
    }

    @Test
    void a_gap_is_as_old_as_the_first_number_behind_it() {
        SeqSet set = new SeqSet(0);
        set.add(10, 100);
        set.add(5, 200);
        set.add(20, 300);

        assertThat(set.gapSinceNanos()).isEqualTo(100);
        set.raiseFloor(set.gapEnd());
        assertThat(set.gapSinceNanos()).isEqualTo(100);
        set.raiseFloor(set.gapEnd());
        assertThat(set.gapSinceNanos()).isEqualTo(300);
    }

    @Test
    void behaves_like_a_set_of_numbers() {
        for (long seed = 1; seed <= 10_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long floor = random.nextInt(3);
            SeqSet set = new SeqSet(floor);
            TreeSet<Long> model = new TreeSet<>();
            long modelFloor = floor;
            for (int step = 0; step < 40; step++) {
                long seq = 1 + random.nextLong(30);
                boolean contained = seq <= modelFloor || model.contains(seq);
                assertThat(set.contains(seq)).as("seed %d", seed).isEqualTo(contained);
                if (!contained) {
                    set.add(seq, step);
                    model.add(seq);
                } else if (set.intervals() > 0 && random.nextInt(4) == 0) {
                    modelFloor = modelFloor + 1 + random.nextLong(set.gapEnd() - modelFloor);
                    set.raiseFloor(modelFloor);
                }
                while (model.contains(modelFloor + 1)) {
                    modelFloor++;
                }
                model.headSet(modelFloor, true).clear();
                assertThat(describe(set)).as("seed %d", seed).isEqualTo(describe(modelFloor, model));
            }
        }
    }

    /** Everything a set can be asked, in one comparable value. */
    private static List<Long> describe(SeqSet set) {
        List<Long> answers = new ArrayList<>(List.of(set.floor(), set.max(), set.gapEnd()));
        for (long seq = 0; seq <= 32; seq++) {
            long missing = set.nextMissing(seq);
            answers.add(missing);
            answers.add(set.missingUntil(missing));
        }
        return answers;
    }

    private static List<Long> describe(long floor, NavigableSet<Long> above) {
        long max = above.isEmpty() ? floor : above.last();
        List<Long> answers = new ArrayList<>(List.of(floor, max, above.isEmpty() ? 0 : above.first() - 1));
        for (long seq = 0; seq <= 32; seq++) {
            long missing = Math.max(seq, floor + 1);
            while (above.contains(missing)) {
                missing++;
            }
            Long next = above.higher(missing);
            answers.add(missing);
            answers.add(next == null ? Long.MAX_VALUE : next - 1);
        }
        return answers;
    }
}
