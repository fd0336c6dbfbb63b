package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.streamer.internal.durable.Sequences.Interval;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SequencesTest {

    @Test
    void are_joined_where_they_touch() {
        Sequences sequences = Sequences.of(5, 7).plus(1, 2).plus(9, 9);
        assertThat(sequences.intervals()).containsExactly(new Interval(1, 2), new Interval(5, 7), new Interval(9, 9));
        assertThat(sequences.plus(8, 8)).isEqualTo(Sequences.of(1, 2).plus(5, 9));
        assertThat(sequences.plus(3, Long.MAX_VALUE)).isEqualTo(Sequences.of(1, Long.MAX_VALUE));
        assertThat(sequences.count()).isEqualTo(6);
        assertThat(sequences).hasToString("[1-2, 5-7, 9-9]");
    }

    @Test
    void are_what_a_set_of_bits_is() {
        Random random = new Random(1);
        BitSet bits = new BitSet();
        BitSet others = new BitSet();
        Sequences sequences = Sequences.NONE;
        Sequences other = Sequences.NONE;
        for (int i = 0; i < 300; i++) {
            int first = 1 + random.nextInt(600);
            int last = first + random.nextInt(3);
            if (i % 2 == 0) {
                sequences = sequences.plus(first, last);
                bits.set(first, last + 1);
            } else {
                other = other.plus(first, last);
                others.set(first, last + 1);
            }
            assertSame(sequences, bits);
            BitSet difference = (BitSet) bits.clone();
            difference.andNot(others);
            assertSame(sequences.minus(other), difference);
            BitSet union = (BitSet) bits.clone();
            union.or(others);
            assertSame(sequences.plus(other), union);
        }
    }

    private static void assertSame(Sequences sequences, BitSet bits) {
        assertThat(sequences.count()).isEqualTo(bits.cardinality());
        BitSet contained = new BitSet();
        IntStream.rangeClosed(1, 605).filter(sequences::contains).forEach(contained::set);
        assertThat(contained).isEqualTo(bits);
        assertThat(sequences.size())
                .isEqualTo(bits.stream().filter(bit -> !bits.get(bit - 1)).count());
    }

    @Test
    void fill_their_lowest_gaps_when_there_are_too_many() {
        Sequences sequences = Sequences.of(1, 1).plus(3, 3).plus(5, 5).plus(7, 7);
        assertThat(sequences.withAtMost(2)).isEqualTo(Sequences.of(1, 5).plus(7, 7));
        assertThat(sequences.withAtMost(4)).isEqualTo(sequences);
    }

    @Test
    void have_parts() {
        Sequences sequences = Sequences.of(1, 1).plus(3, 3).plus(5, 5).plus(7, 7);
        assertThat(sequences.part(0, 2)).isEqualTo(Sequences.of(1, 1).plus(3, 3));
        assertThat(sequences.part(1, 2)).isEqualTo(Sequences.of(3, 3).plus(5, 5));
        assertThat(sequences.part(3, Integer.MAX_VALUE)).isEqualTo(Sequences.of(7, 7));
        assertThat(sequences.part(4, 1)).isEqualTo(Sequences.NONE);
        assertThat(sequences.part(9, 1)).isEqualTo(Sequences.NONE);
        assertThat(sequences.highest(3)).isEqualTo(sequences.part(1, 3));
    }

    @Test
    void are_looked_up_from_a_number_on() {
        Sequences sequences = Sequences.of(2, 4).plus(7, 7);

        assertThat(sequences.around(3)).contains(new Sequences.Interval(2, 4));
        assertThat(sequences.around(5)).isEmpty();
        assertThat(sequences.from(1)).hasValue(2);
        assertThat(sequences.from(3)).hasValue(3);
        assertThat(sequences.from(5)).hasValue(7);
        assertThat(sequences.from(8)).isEmpty();
    }

    @Test
    void give_their_highest_intervals() {
        Sequences sequences = Sequences.of(1, 1).plus(3, 3).plus(5, 6);

        assertThat(sequences.highest(2)).isEqualTo(Sequences.of(3, 3).plus(5, 6));
        assertThat(sequences.highest(3)).isEqualTo(sequences);
        assertThat(sequences.highest(0)).isEqualTo(Sequences.NONE);
    }

    @Test
    void end_with_the_largest_number() {
        Sequences all = Sequences.of(1, Long.MAX_VALUE);
        assertThat(all.minus(Sequences.of(5, Long.MAX_VALUE))).isEqualTo(Sequences.of(1, 4));
        assertThat(all.minus(all)).isEqualTo(Sequences.NONE);
        assertThat(all.plus(all)).isEqualTo(all);
    }

    @Test
    void begin_with_1() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sequences.of(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Sequences.of(2, 1));
    }
}
