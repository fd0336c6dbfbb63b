package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldingsTest {

    private static final Sha256 HASH = Sha256.of(new byte[] {1});
    private static final ChunkList LIST = ChunkList.of(List.of(HASH, HASH));
    private static final Manifest TRUE = new Manifest(HASH, 300_000, LIST.hash());
    private static final Manifest FALSE = new Manifest(HASH, 300_000, Sha256.of(new byte[] {2}));

    private final Holdings holdings = new Holdings();

    /** Says what it is, and gives nothing. */
    private record Claim(Manifest manifest, boolean isComplete) implements Holding {
        @Override
        public ChunkList list() {
            return LIST;
        }

        @Override
        public BitSet has() {
            throw new AssertionError("not asked for");
        }

        @Override
        public Reader open() {
            throw new AssertionError("not asked for");
        }
    }

    @Test
    void a_false_list_for_a_hash_does_not_hide_the_file_that_has_it() {
        Claim file = new Claim(TRUE, true);
        Claim lie = new Claim(FALSE, false);

        holdings.add(file);
        holdings.add(lie);

        assertThat(holdings.find(TRUE)).containsSame(file);
        assertThat(holdings.find(FALSE)).containsSame(lie);
    }

    @Test
    void a_file_goes_before_its_parts_whichever_came_first() {
        Claim file = new Claim(TRUE, true);
        Claim part = new Claim(TRUE, false);
        holdings.add(file);
        holdings.add(part);
        assertThat(holdings.find(TRUE)).containsSame(file);
        holdings.remove(file);
        assertThat(holdings.find(TRUE)).containsSame(part);
        holdings.add(file);
        assertThat(holdings.find(TRUE)).containsSame(file);
        holdings.remove(file);
        holdings.remove(part);
        assertThat(holdings.find(TRUE)).isEmpty();
    }

    @Test
    void there_is_an_end_to_what_is_held() {
        for (int i = 0; i < Holdings.MAX_FILES; i++) {
            assertThat(holdings.add(new Claim(new Manifest(HASH, i, LIST.hash()), true)))
                    .isTrue();
        }
        assertThat(holdings.add(new Claim(FALSE, true))).isFalse();
        assertThat(holdings.find(FALSE)).isEmpty();
    }
}
